using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Completion;

/// <summary>The base of all completers. Returns within the time budget what is known by then, and never throws, prompts or writes output.</summary>
internal abstract class PulseRunCompleter : IArgumentCompleter
{
    private const int LongestText = 128;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult>? CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var completion = new CompletionContext(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters);
            // The engine appends a null marker to every list of a completer, even to an empty one. A marker between two lists stays in the result, and PSReadLine fails on it.
            if (LeavesTo(completion))
                return null;
            // Enumerated here, so that exceptions are caught here. An empty result keeps the shell from offering file names instead.
            var offered = new HashSet<string>(StringComparer.Ordinal);
            return Offers(completion)
                .Where(offer => completion.Word.Matches(offer.Value) && offered.Add(offer.Value))
                .OrderBy(static offer => offer.Value, StringComparer.OrdinalIgnoreCase)
                .Select(offer => Result(completion, offer))
                .ToList();
        }
#pragma warning disable CA1031 // Completion cannot report an error, and the command itself will report it.
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }
    }

    /// <summary>Returns true when the completer of another parameter completes this word.</summary>
    private protected virtual bool LeavesTo(CompletionContext completion) => false;

    /// <summary>Returns all values, each with a description. Those that match the typed word are shown.</summary>
    private protected abstract IEnumerable<(string Value, string About)> Offers(CompletionContext completion);

    private static CompletionResult Result(CompletionContext completion, (string Value, string About) offer)
    {
        // Values come from the server and may contain control characters, which the terminal would execute.
        string name = CleanText.Clean(offer.Value, LongestText);
        string about = CleanText.Clean(offer.About, LongestText);
        return new CompletionResult(
            completion.Word.Quote(offer.Value),
            name.Length == 0 ? "?" : name,
            CompletionResultType.ParameterValue,
            about.Length == 0 ? "?" : about);
    }
}
