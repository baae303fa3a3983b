using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Completion;

/// <summary>Describes the command line in which a value is completed.</summary>
internal sealed class CompletionContext
{
    private const string New = "New-";

    private readonly CommandAst? _line;
    private readonly IDictionary _bound;

    // Read in the constructor, on the pipeline thread: it is per thread, and the offers may be computed on another thread.
    private readonly RunspaceState _state = RunspaceState.Current;

    public CompletionContext(string command, string parameter, string? word, CommandAst? line, IDictionary? bound)
    {
        Parameter = parameter;
        // A module-qualified name such as PulseRun\Stop-PRInstance names the same cmdlet.
        Command = command.Substring(command.LastIndexOf('\\') + 1);
        Word = new TypedWord(word);
        _line = line;
        _bound = bound ?? new Hashtable();
    }

    public string Command { get; }

    public string Parameter { get; }

    public TypedWord Word { get; }

    public TimeBudget Budget { get; } = new();

    /// <summary>True when the command launches instances. Its values are literal, not patterns.</summary>
    public bool IsLaunch => Command.StartsWith(New, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns true when the parameter is bound on the command line.</summary>
    public bool Has(string parameter) => _bound.Contains(parameter);

    /// <summary>Returns the words that are already on the command line, except the one that is being completed.</summary>
    public HashSet<string> OtherWords()
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (Ast text in _line?.FindAll(static part => part is StringConstantExpressionAst, searchNestedScriptBlocks: false) ?? [])
            words.Add(((StringConstantExpressionAst)text).Value);
        words.Remove(Word.Text);
        return words;
    }

    /// <summary>Returns the connection that the command would use; null when there is none, or when it can be determined only by running the line.</summary>
    public Context? FindContext()
    {
        Context? context = Has(nameof(ConnectedCmdlet.Context)) || Names(nameof(ConnectedCmdlet.Context))
            ? Unwrap(_bound[nameof(ConnectedCmdlet.Context)]) as Context
            : _state.Connected ?? Budget.Get(() => Connections.Find(_state));
        // A key that a key command returns is not available: completion must not run the command.
        return context is { IsClosed: false, Settings.HasKey: true } ? context : null;
    }

    /// <summary>Returns true when the parameter is written on the line, even abbreviated. Needed beside <see cref="Has"/> for -Context with an expression, which completion does not evaluate or bind: ids of another account must not be offered then.</summary>
    public bool Names(string parameter) => _line?.CommandElements.OfType<CommandParameterAst>().Any(one =>
        one.ParameterName.Length > 1 && parameter.StartsWith(one.ParameterName, StringComparison.OrdinalIgnoreCase)) ?? false;

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
