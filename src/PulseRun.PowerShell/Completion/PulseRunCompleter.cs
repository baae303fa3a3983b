using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Completion;

/// <summary>What all completers keep to: an answer in time, from what is known, and never an error, a question or a line of output.</summary>
internal abstract class PulseRunCompleter : IArgumentCompleter
{
    private const int LongestText = 128;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult>? CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var completion = new CompletionContext(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters);
            // The engine adds a marker behind every list, even an empty one. One between two lists stays in the result, and PSReadLine fails on it.
            if (LeavesTo(completion))
                return null;
            // Not lazily: what fails is to fail here. An empty answer keeps the shell from offering files instead.
            var offered = new HashSet<string>(StringComparer.Ordinal);
            return Offers(completion)
                .Where(offer => completion.Word.Matches(offer.Value) && offered.Add(offer.Value))
                .OrderBy(static offer => offer.Value, StringComparer.OrdinalIgnoreCase)
                .Select(offer => Result(completion, offer))
                .ToList();
        }
#pragma warning disable CA1031 // A Tab has no way to say what went wrong, and the command itself will.
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }
    }

    /// <summary>True when another parameter's completer answers for this word.</summary>
    private protected virtual bool LeavesTo(CompletionContext completion) => false;

    /// <summary>All values, with a line about each; of these the ones that go with what was typed are shown.</summary>
    private protected abstract IEnumerable<(string Value, string About)> Offers(CompletionContext completion);

    private static CompletionResult Result(CompletionContext completion, (string Value, string About) offer)
    {
        // What a value is made of is the server's: shown, it must not reach the terminal as a command.
        string name = CleanText.Clean(offer.Value, LongestText);
        string about = CleanText.Clean(offer.About, LongestText);
        return new CompletionResult(
            completion.Word.Quote(offer.Value),
            name.Length == 0 ? "?" : name,
            CompletionResultType.ParameterValue,
            about.Length == 0 ? "?" : about);
    }
}
