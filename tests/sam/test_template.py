"""What CloudFormation will receive, function by function; and that it says what the code says."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
import yaml

from mockexchange.api.app import create_app
from mockexchange.clock import SystemClock
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.local.lambda_events import scheduled_event
from mockexchange.local.serve import HANDLERS
from mockexchange.settings import Settings
from mockexchange.store.memory import MemoryStore

from .gateway import LOCAL, examples, requests
from .stack import Stack, stack
from .tools import PROJECT, needed, sam

FUNCTIONS = ("OrdersFunction", "MatcherFunction", "FeederFunction")
FORMS = {
    "a VPC, the feeder outside": {},
    "a VPC, the feeder inside": {"FeederPlace": "inside"},
    "a Valkey of one's own, the feeder outside": {"ValkeyUrl": "valkeys://u:p@valkey.example:6379/0"},
    "a Valkey of one's own, the feeder beside it": {
        "ValkeyUrl": "valkeys://u:p@valkey.example:6379/0",
        "FeederPlace": "inside",
    },
    "no feeder": {"FeederPlace": "none"},
    "prod": {"Stage": "prod", "AlarmEmail": "ops@example.com"},
}


@pytest.fixture(autouse=True)
def tools() -> None:
    needed()


@pytest.fixture(params=list(FORMS.values()), ids=list(FORMS))
def form(request: pytest.FixtureRequest) -> Stack:
    """Each way in which it can be deployed."""
    return stack(**request.param)


def test_sam_and_cfn_lint_have_nothing_to_say() -> None:
    ended = sam("validate", "--lint")

    assert ended.returncode == 0, ended.stdout
    assert "is a valid SAM Template" in ended.stdout


def test_one_parameter_says_the_processor_everywhere() -> None:
    source = (PROJECT / "template.yaml").read_text()
    for name in ("Architectures: [!Ref Arch]", "CompatibleArchitectures: [!Ref Arch]", "BuildArchitecture: !Ref Arch"):
        assert name in source
    assert set(re.findall(r"arm64|x86_64", source)) == {"arm64", "x86_64"}
    assert len(re.findall(r"arm64|x86_64", source)) == 3  # the default and the two that are allowed
    for architecture in ("arm64", "x86_64"):
        chosen = stack(Arch=architecture)
        layers = chosen.of_type("AWS::Lambda::LayerVersion").values()
        assert [each["CompatibleArchitectures"] for each in layers] == [[architecture]]
        assert [chosen.properties(each)["Architectures"] for each in FUNCTIONS] == [[architecture]] * 3
    assert stack().parameters["Arch"] == "arm64"


def test_the_runtime_is_the_one_that_it_is_built_for() -> None:
    runtimes = {stack().properties(each)["Runtime"] for each in FUNCTIONS}
    assert runtimes == {"python3.11"}
    assert "VERSION = 3.11\n" in (PROJECT / "sam" / "build.mk").read_text()


def test_every_variable_is_a_setting_and_has_a_value_it_can_have(form: Stack) -> None:
    known = {name.upper() for name in Settings.model_fields}
    for function in FUNCTIONS:
        found = form.environment(function)
        assert found.keys() <= known, function
        # what only AWS knows, or keeps, stands in for itself
        given = {name: value for name, value in found.items() if value and "${" not in value}
        Settings(**{name.lower(): value for name, value in given.items()})


def test_defaults_are_those_of_the_settings() -> None:
    parameters, fields = stack().parameters, Settings.model_fields
    for parameter, setting in (
        ("Symbols", "symbols"),
        ("Exchange", "exchange"),
        ("IntervalSec", "interval_sec"),
        ("Commission", "commission"),
        ("FeeTiers", "fee_tiers"),
        ("FeeOverrides", "fee_overrides"),
        ("FeeDiscount", "fee_discount"),
        ("FillModel", "fill_model"),
        ("BookLevels", "book_levels"),
        ("KeepBooks", "keep_books"),
        ("SlippageBps", "slippage_bps"),
        ("QueuePosition", "queue_position"),
        ("VolumeShare", "volume_share"),
        ("FeedTrades", "feed_trades"),
        ("LatencyMs", "latency_ms"),
        ("FirstBalances", "mockx_balances"),
        ("ChaosHeader", "mockx_chaos_header"),
    ):
        assert getattr(Settings(**{setting: parameters[parameter]}), setting) == fields[setting].default


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("KeepBooks", "true"), ("QueuePosition", "true"), ("VolumeShare", "0.5"), ("FeedTrades", "true")],
)
def test_what_fill_models_need_reaches_every_function(parameter: str, value: str) -> None:
    variable = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", parameter).upper()
    chosen = stack(**{parameter: value})
    assert [chosen.environment(each)[variable] for each in FUNCTIONS] == [value] * 3


def test_no_secret_stands_in_it(form: Stack) -> None:
    """A key of one's own Valkey goes into Secrets Manager and nowhere else; nobody can read what is generated."""
    for name, resource in form.resources.items():
        text = json.dumps(resource)
        if resource["Type"] != "AWS::SecretsManager::Secret":
            assert "valkey.example" not in text, name
        if name not in ("OrdersSecrets", "ValkeyUser"):
            assert "resolve:secretsmanager" not in text, name
    for function in FUNCTIONS:
        found = form.environment(function)
        assert {found.get(each, "") for each in ("MOCKX_API_KEY", "MOCKX_SECRET", "MOCKX_MASTER_KEY")} == {""}
    declared = yaml.load((PROJECT / "template.yaml").read_text(), Loader=_Loader)["Parameters"]
    assert declared["ValkeyUrl"]["NoEcho"] is True


def test_schedules_fire_each_minute_and_nothing_is_tried_twice(form: Stack) -> None:
    schedules = form.of_type("AWS::Scheduler::Schedule")
    assert {each["Target"]["Arn"] for each in schedules.values()} == {
        "${MatcherFunction.Arn}",
        "${FeederFunction.Arn}",
    }
    for each in schedules.values():
        assert each["ScheduleExpression"] == "rate(1 minute)"
        assert each["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert each["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}
        assert "Name" not in each  # a second stack could not be made
    for function in ("MatcherFunction", "FeederFunction"):
        properties = form.properties(function)
        assert properties["ReservedConcurrentExecutions"] == 1
        # the scheduler invokes asynchronously: without this Lambda would try again, for six hours
        invoked = form.properties(f"{function}EventInvokeConfig")
        assert (invoked["MaximumEventAgeInSeconds"], invoked["MaximumRetryAttempts"]) == (60, 0)
        assert properties["Timeout"] == 60
        assert float(form.environment(function)["INTERVAL_SEC"]) <= 60


def test_the_feeders_schedule_is_off_when_nobody_wants_it() -> None:
    def state(each: Stack) -> str:
        return each.properties("FeederFunctionEveryMinute")["State"]

    assert (state(stack()), state(stack(FeederPlace="none"))) == ("ENABLED", "DISABLED")


def test_every_request_goes_to_the_function_that_knows_the_paths(form: Stack) -> None:
    paths = form.properties("Api")["Body"]["paths"]
    assert paths.keys() == {"$default"}
    integration = paths["$default"]["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]
    assert "${OrdersFunction.Arn}" in integration["uri"]
    assert integration["payloadFormatVersion"] == "2.0"
    assert form.properties("OrdersFunction")["Timeout"] * 1000 <= integration["timeoutInMillis"] < 30_000
    logged = form.properties("ApiApiGatewayDefaultStage")["AccessLogSettings"]["Format"]
    assert "queryString" not in logged
    assert "header" not in logged


def test_a_function_may_do_what_it_has_to_and_nothing_more(form: Stack) -> None:
    secrets = {"OrdersRole": "${OrdersSecrets}", "MatcherRole": "${ValkeySecrets}"}
    inside = form.parameters["FeederPlace"] == "inside"
    secrets["FeederRole"] = "${ValkeySecrets}" if inside else "${ApiKey}"
    for role, secret in secrets.items():
        properties = form.properties(role)
        assert "ManagedPolicyArns" not in properties
        allowed = form.statements(role)
        log = role.replace("Role", "Log")
        assert {"logs:CreateLogStream", "logs:PutLogEvents"} == set(allowed[0]["Action"])
        assert allowed[0]["Resource"] == f"${{{log}.Arn}}:*"
        assert (allowed[1]["Action"], allowed[1]["Resource"]) == ("secretsmanager:GetSecretValue", secret)
        function = role.replace("Role", "Function")
        placed = "VpcConfig" in form.properties(function)
        assert len(allowed) == 2 + placed
        if placed:
            assert all(action.startswith("ec2:") for action in allowed[2]["Action"])
        assert form.properties(function)["Role"] == f"${{{role}.Arn}}"
        assert form.environment(function)["MOCKX_SECRETS"] == secret
        assert form.properties(function)["LoggingConfig"] == {"LogGroup": f"${{{log}}}"}
    for each in form.of_type("AWS::IAM::Role").values():
        assert "iam:" not in json.dumps(each.get("Policies", []))


def test_what_is_in_the_vpc() -> None:
    def in_vpc(each: Stack) -> set[str]:
        return {function for function in FUNCTIONS if "VpcConfig" in each.properties(function)}

    def made(each: Stack) -> set[str]:
        return {resource["Type"].removeprefix("AWS::") for resource in each.resources.values()}

    cheap, inside = stack(), stack(FeederPlace="inside")
    own = stack(ValkeyUrl="valkey://valkey.example:6379/0", FeederPlace="inside")
    assert in_vpc(cheap) == {"OrdersFunction", "MatcherFunction"}
    assert in_vpc(inside) == set(FUNCTIONS)
    assert in_vpc(own) == set()
    # only a feeder inside needs the way out that costs; secrets need one or the other
    assert ("EC2::NatGateway" in made(cheap), "EC2::VPCEndpoint" in made(cheap)) == (False, True)
    assert ("EC2::NatGateway" in made(inside), "EC2::VPCEndpoint" in made(inside)) == (True, False)
    assert not {kind for kind in made(own) if kind.startswith(("EC2::", "ElastiCache::"))}


def test_valkey_asks_for_tls_and_a_password() -> None:
    deployed = stack()
    cache = deployed.properties("Cache")
    assert (cache["Engine"], cache["UserGroupId"]) == ("valkey", "${ValkeyUsers}")
    assert cache["CacheUsageLimits"].keys() == {"DataStorage", "ECPUPerSecond"}
    assert deployed.properties("ValkeyUser")["AuthenticationMode"]["Type"] == "password"
    for function in ("OrdersFunction", "MatcherFunction"):
        assert deployed.environment(function)["VALKEY_URL"].startswith("valkeys+cluster://")
    ingress = deployed.properties("CacheSecurityGroup")["SecurityGroupIngress"]
    assert [each["SourceSecurityGroupId"] for each in ingress] == ["${FunctionsSecurityGroup}"]


def test_a_feeder_outside_knows_the_api_and_not_valkey() -> None:
    for each in (stack(), stack(ValkeyUrl="valkey://valkey.example:6379/0")):
        found = each.environment("FeederFunction")
        assert found["FEED_SINK"] == "api"
        assert found["API_URL"] == each.outputs["Url"]
        assert "VALKEY_URL" not in found
        assert each.environment("OrdersFunction")["FEED"] == "manual"
        # who makes candles when no feeder stands beside the ticks
        assert each.environment("MatcherFunction")["FEED_SINK"] == "api"


def test_logs_end(form: Stack) -> None:
    days = 90 if form.parameters["Stage"] == "prod" else 7
    groups = form.of_type("AWS::Logs::LogGroup")
    assert groups.keys() == {"OrdersLog", "MatcherLog", "FeederLog", "ApiLog"}
    assert {each["RetentionInDays"] for each in groups.values()} == {days}


def test_alarms_watch_what_is_measured(form: Stack) -> None:
    """Our own metrics are really written, by these dimensions: see test_schedules.py."""
    alarms = form.of_type("AWS::CloudWatch::Alarm")
    watched = {(each["Namespace"], each["MetricName"]) for each in alarms.values()}
    assert {("AWS/Lambda", "Errors"), ("AWS/Lambda", "Throttles"), ("MockExchange", "TickLag")} <= watched
    assert ("FeedIsStale" in alarms) == (form.parameters["FeederPlace"] != "none")
    for each in alarms.values():
        assert each["AlarmActions"] == (["${Alarms}"] if form.parameters["AlarmEmail"] else [])
    for kind in ("Errors", "Throttles"):
        functions = {each["Dimensions"][0]["Value"] for each in alarms.values() if each["MetricName"] == kind}
        assert functions == {f"${{{function}}}" for function in FUNCTIONS}


def test_each_function_is_the_one_that_the_local_programs_run() -> None:
    """The scheduled ones by the same handlers, with events of the same form; the API by the same app."""
    template = yaml.load((PROJECT / "template.yaml").read_text(), Loader=_Loader)["Resources"]
    handlers = {**HANDLERS, "orders": "mockexchange.functions.orders.handler"}
    for name, module in handlers.items():
        function = f"{name.capitalize()}Function"
        assert template[function]["Properties"]["CodeUri"] == f"functions/{name}/"
        assert stack().properties(function)["Handler"] == f"{module.rpartition('.')[2]}.lambda_handler"
        assert (PROJECT / "functions" / name / "handler.py").is_file()
    for name in HANDLERS:
        local, example = scheduled_event(name, 1_767_225_600_000), examples()[f"schedule-{name}"]
        assert local.keys() == example.keys()
        for field in ("version", "detail-type", "source", "time", "detail"):
            assert local[field] == example[field]


def test_every_family_of_paths_has_an_example() -> None:
    """By the tags of the documentation, and the Binance wire."""
    app = create_app(Exchange(MemoryStore(), SystemClock(), Rules()), api_key="-", first_balances={}, feed="manual")
    tagged = {
        (method.upper(), path): operation["tags"][0]
        for path, item in app.openapi()["paths"].items()
        for method, operation in item.items()
    }
    found: set[str] = set()
    for event in requests().values():
        http = event["requestContext"]["http"]
        assert (http["path"], event["routeKey"]) == (event["rawPath"], "$default")
        found |= {
            tag for (method, path), tag in tagged.items() if method == http["method"] and like(path, http["path"])
        }
    assert found == set(tagged.values())
    assert any(event["rawPath"].startswith("/api/v3/") for event in requests().values())


def like(pattern: str, path: str) -> bool:
    """Whether a path is one of the pattern's."""
    return re.fullmatch(re.sub(r"\{\w+\}", ".+", pattern), path) is not None


def test_env_json_sets_what_sam_local_hands_over() -> None:
    deployed = stack(FeederPlace="inside")
    assert LOCAL.keys() == set(FUNCTIONS)
    for function, given in LOCAL.items():
        assert given.keys() <= deployed.environment(function).keys(), function
        Settings(**{name.lower(): value for name, value in given.items() if name != "MOCKX_SECRETS"})


def test_samconfig_names_parameters_that_there_are() -> None:
    config = tomllib.loads((PROJECT / "samconfig.toml").read_text())
    for stage in ("dev", "prod"):
        deploy: dict[str, Any] = config[stage]["deploy"]["parameters"]
        given = dict(each.split("=", 1) for each in deploy["parameter_overrides"])
        assert given["Stage"] == stage
        assert stack(**given).parameters["Stage"] == stage
        assert deploy["capabilities"] == "CAPABILITY_IAM"
        assert config[stage]["global"]["parameters"]["stack_name"] == f"mockexchange-{stage}"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as if they were not there."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: suffix)  # pyright: ignore[reportUnknownMemberType, reportUnknownLambdaType]
