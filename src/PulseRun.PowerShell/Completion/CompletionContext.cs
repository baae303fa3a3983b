using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Completion;

/// <summary>The command line a value is to be completed in.</summary>
internal sealed class CompletionContext
{
    private const string New = "New-";

    private readonly CommandAst? _line;
    private readonly IDictionary _bound;

    // Taken here: it belongs to the thread of the pipeline, and what follows may be on others.
    private readonly RunspaceState _state = RunspaceState.Current;

    public CompletionContext(string command, string parameter, string? word, CommandAst? line, IDictionary? bound)
    {
        Parameter = parameter;
        // PulseRun\Stop-PRInstance is the same cmdlet.
        Command = command.Substring(command.LastIndexOf('\\') + 1);
        Word = new TypedWord(word);
        _line = line;
        _bound = bound ?? new Hashtable();
    }

    public string Command { get; }

    public string Parameter { get; }

    public TypedWord Word { get; }

    public TimeBudget Budget { get; } = new();

    /// <summary>Whether values are for a launch, where they are taken as they are and not as patterns.</summary>
    public bool IsLaunch => Command.StartsWith(New, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a parameter is on the line.</summary>
    public bool Has(string parameter) => _bound.Contains(parameter);

    /// <summary>The words that are on the line already, but for the one typed now.</summary>
    public HashSet<string> OtherWords()
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (Ast text in _line?.FindAll(static part => part is StringConstantExpressionAst, searchNestedScriptBlocks: false) ?? [])
            words.Add(((StringConstantExpressionAst)text).Value);
        words.Remove(Word.Text);
        return words;
    }

    /// <summary>The connection the command would use; null when there is none, or when only running the line would tell which.</summary>
    public Context? FindContext()
    {
        Context? context = Has(nameof(ConnectedCmdlet.Context)) || Names(nameof(ConnectedCmdlet.Context))
            ? Unwrap(_bound[nameof(ConnectedCmdlet.Context)]) as Context
            : _state.Connected ?? Budget.Get(() => Connections.Find(_state));
        // Tab runs no key command.
        return context is { IsClosed: false, Settings.HasKey: true } ? context : null;
    }

    /// <summary>Whether a parameter is written on the line, abbreviated perhaps. An expression that completion may not run is not bound; the ids of another account must not be offered in its place.</summary>
    public bool Names(string parameter) => _line?.CommandElements.OfType<CommandParameterAst>().Any(one =>
        one.ParameterName.Length > 1 && parameter.StartsWith(one.ParameterName, StringComparison.OrdinalIgnoreCase)) ?? false;

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
