"""What AWS gets: the template as CloudFormation receives it, and the built functions under Lambda's own runtime client.

Neither AWS nor Docker is needed. The SAM CLI and the runtime client are, each in an environment of its own
(`make extras`); tests skip where they are absent.
"""
