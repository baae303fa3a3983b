namespace PulseRun.Views.Report;

/// <summary>Holds the style sheet of the report. It must not contain the characters that XML encodes, because browsers do not decode style sheets.</summary>
internal static class ReportStyle
{
    public const string Sheet = """
        :root { color-scheme: light dark; --ink: #1c2024; --dim: #5b616b; --paper: #fcfcfd; --card: #f1f2f5; --line: #d9dbe0; --idle: #c2570c; --work: #2563eb; --none: #9aa1ac; }
        @media screen and (prefers-color-scheme: dark) { :root { --ink: #e6e7ea; --dim: #a3a9b4; --paper: #15171a; --card: #212428; --line: #363a40; --idle: #f59e0b; --work: #60a5fa; --none: #6b7280; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 24px; max-width: 1080px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
        h1 { margin: 0; font-size: 28px; line-height: 1.2; } h2 { margin: 40px 0 10px; font-size: 19px; line-height: 1.3; } h3 { margin: 0 0 2px; font-size: 14px; }
        p { margin: 4px 0; } .dim { color: var(--dim); font-size: 13px; font-weight: normal; }
        .note { padding: 10px 14px; border-left: 4px solid var(--idle); background: var(--card); margin: 16px 0; }
        .answer { margin: 28px 0 0; } .answer p { font-size: 17px; max-width: 46em; } .answer b { font-size: 44px; line-height: 1.1; display: block; color: var(--idle); font-variant-numeric: tabular-nums; }
        .share { display: flex; height: 14px; border-radius: 4px; overflow: hidden; background: var(--card); } .share span { display: block; min-width: 1px; }
        .answer .share { height: 22px; margin: 14px 0 8px; }
        .idle { background: var(--idle); } .work { background: var(--work); } .none { background: repeating-linear-gradient(135deg, var(--none) 0 3px, transparent 3px 7px); }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 13px; color: var(--dim); } .legend i { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 6px; vertical-align: -1px; }
        .cards { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; margin: 24px 0 0; } .card { padding: 12px 14px; background: var(--card); border-radius: 8px; }
        .card b { display: block; font-size: 22px; line-height: 1.3; font-variant-numeric: tabular-nums; } .card span { display: block; }
        pre { margin: 6px 0 2px; padding: 10px 14px; background: var(--card); border: 1px solid var(--line); border-radius: 6px; font: 14px/1.5 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; white-space: pre-wrap; user-select: all; -webkit-user-select: all; }
        .grid { display: grid; grid-template-columns: 1fr 1fr; gap: 20px 24px; } .grid div { min-width: 0; } svg { display: block; width: 100%; height: auto; color: var(--ink); } .small { display: none; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
        th, td { padding: 5px 8px; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; } th { color: var(--dim); font-weight: 600; vertical-align: bottom; }
        th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
        .n { text-align: right; white-space: nowrap; } .id { min-width: 12.5em; } .gpu { min-width: 9.5em; } .since { min-width: 9em; } .bar { width: 16%; min-width: 80px; vertical-align: middle; }
        @media screen and (max-width: 700px) { .grid { grid-template-columns: 1fr; } .large { display: none; } .small { display: block; } .cards { grid-template-columns: 1fr 1fr; } }
        @media screen and (max-width: 920px) {
        body { padding: 16px; } .answer b { font-size: 36px; }
        table, tbody { display: block; } thead { display: none; } tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 150px), 1fr)); gap: 2px 24px; padding: 8px 0; border-bottom: 1px solid var(--line); }
        td, td:first-child, td:last-child { display: flex; justify-content: space-between; gap: 10px; min-width: 0; padding: 0; border: 0; text-align: right; white-space: normal; width: auto; }
        td::before { content: attr(data-label); color: var(--dim); text-align: left; flex: none; } td:empty { display: none; }
        td.id, td.bar { grid-column: 1 / -1; } td.id { font-weight: 600; text-align: left; } td.id::before, td.bar::before { display: none; } td.bar div { flex: 1; margin: 4px 0; }
        }
        @media screen and (max-width: 480px) { td.gpu, td.since { grid-column: 1 / -1; } }
        @media screen and (max-width: 360px) { .cards { grid-template-columns: 1fr; } }
        @media print { :root { --paper: #ffffff; }
        * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } @page { margin: 12mm; }
        body { max-width: none; padding: 0; font-size: 12px; } table, .dim, .legend { font-size: 10.5px; } th, td { padding: 3px 4px; } pre { font-size: 11px; } h2 { margin-top: 24px; font-size: 16px; } h3 { font-size: 11.5px; }
        .answer { margin-top: 16px; } .answer p { font-size: 13px; } .answer b { font-size: 34px; } .card b { font-size: 17px; } .cards { margin-top: 16px; }
        h2, h3, thead { break-after: avoid; } tr, .card, .grid div, svg, pre, .answer, .keep { break-inside: avoid; }
        }
        """;
}
