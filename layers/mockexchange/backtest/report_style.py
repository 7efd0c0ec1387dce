"""How the report looks: light or dark as the reader's system is, and down to the width of a phone."""

from __future__ import annotations

STYLE = """
.mockx{--back:#fff;--text:#1c1f23;--quiet:#6a7079;--line:#e3e6ea;--own:#2a78b5;--hold:#8b929b;--up:#2f8f4e;--down:#c23a3a;
 --warn:#fff5dc;background:var(--back);color:var(--text);font:15px/1.45 system-ui,sans-serif;max-width:1100px;
 margin:0 auto;padding:16px;box-sizing:border-box}
@media (prefers-color-scheme:dark){.mockx{--back:#15181c;--text:#e4e7eb;--quiet:#939aa4;--line:#2b3037;--own:#5ba9e6;
 --hold:#7d858f;--up:#4fbb72;--down:#e86a6a;--warn:#3a3115}html:has(main.mockx){background:#15181c}}
.mockx h1{font-size:1.35rem;margin:0 0 12px}
.mockx h1 small{display:block;font-size:.9rem;font-weight:400;color:var(--quiet)}
.mockx h2{font-size:1.05rem;margin:28px 0 8px}
.mockx .quiet{color:var(--quiet);font-size:.85rem;margin:4px 0}
.mockx .notices{background:var(--warn);padding:8px 12px 8px 28px;border-radius:6px;margin:0 0 16px}
.mockx figure{margin:0 0 18px}
.mockx figcaption{font-weight:600;margin-bottom:8px}
.mockx figcaption small{font-weight:400;color:var(--quiet);margin-left:8px}
.mockx figcaption span{margin-right:12px;white-space:nowrap}
.mockx figcaption span::before{content:"";display:inline-block;width:14px;height:3px;margin-right:5px;
 vertical-align:middle;background:currentColor}
.mockx figcaption span.own{color:var(--own)}.mockx figcaption span.hold{color:var(--hold)}
.mockx .plot{display:flex}
.mockx .y{position:relative;width:72px;flex:none}
.mockx .y i{position:absolute;right:8px;transform:translateY(-50%)}
.mockx .y i,.mockx .x i{font-style:normal;font-size:11px;color:var(--quiet);white-space:nowrap}
.mockx .in{position:relative;flex:1;min-width:0}
.mockx svg{width:100%;height:100%;display:block;overflow:visible}
.mockx .x{position:relative;height:18px;margin-left:72px}
.mockx .x i{position:absolute;transform:translateX(-50%)}
.mockx .x i:first-child{transform:none}.mockx .x i:last-child{transform:translateX(-100%)}
.mockx path{fill:none;stroke-width:1.6px;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.mockx path.grid{stroke:var(--line);stroke-width:1px}
.mockx path.own{stroke:var(--own)}.mockx path.hold{stroke:var(--hold)}
.mockx path.none{stroke:var(--hold);stroke-width:.5px}
.mockx path.fall{stroke:var(--down)}.mockx path.area{fill:var(--down);fill-opacity:.18;stroke:none}
.mockx path.bars{stroke-width:2px}.mockx path.up{stroke:var(--up)}.mockx path.down{stroke:var(--down)}
.mockx .in b{position:absolute;font-size:10px;line-height:10px;cursor:default}
.mockx b.buy{color:var(--up);transform:translate(-50%,2px)}
.mockx b.sell{color:var(--down);transform:translate(-50%,-12px)}
.mockx .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:0 32px;
 margin-bottom:20px}
.mockx .wide{overflow-x:auto;margin-bottom:14px}
.mockx table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
.mockx td,.mockx th{padding:4px 8px;text-align:right;border:0;border-bottom:1px solid var(--line);white-space:nowrap;
 background:none}
.mockx th{font-weight:600;color:var(--quiet)}
.mockx tr>:first-child{text-align:left;padding-left:0}
.mockx .gain{color:var(--up)}.mockx .loss{color:var(--down)}
.mockx .did td+td{white-space:normal}
.mockx .told td{text-align:left;white-space:normal;overflow-wrap:anywhere}
.mockx .months td,.mockx .months th{padding:4px 6px}
@media (max-width:520px){.mockx{padding:12px;font-size:14px}.mockx .y{width:58px}.mockx .x{margin-left:58px}
 .mockx .x i:nth-child(even){display:none}}
"""
