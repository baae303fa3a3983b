using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers tags as hashtables: a key with a value that an instance has. PowerShell asks no completer inside of a hashtable, so the whole one is offered.</summary>
internal sealed class TagCompleter : IArgumentCompleter
{
    private const int MostOffers = 100;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var completion = new CompletionContext(commandName, parameterName, "", commandAst, fakeBoundParameters);
            if (!Stores.HasNotes || completion.FindContext() is not { } context)
                return [];
            completion.Budget.AllowFirst();
            string service = context.Service, word = (wordToComplete ?? "").TrimStart('@', '{', ' ');
            return (completion.Budget.Get(() => Stores.Current.Notes.Living(service))?.Values ?? [])
                .SelectMany(static note => note.Tags)
                .Distinct()
                .Where(tag => tag.Key.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                .OrderBy(static tag => tag.Key, StringComparer.OrdinalIgnoreCase).ThenBy(static tag => tag.Value, StringComparer.OrdinalIgnoreCase)
                .Take(MostOffers)
                .Select(static tag => new CompletionResult(
                    "@{ '" + CodeGeneration.EscapeSingleQuotedStringContent(tag.Key) + "' = '" + CodeGeneration.EscapeSingleQuotedStringContent(tag.Value) + "' }",
                    CleanText.Clean(tag.Key + "=" + tag.Value, 128),
                    CompletionResultType.ParameterValue,
                    CleanText.Clean("tag " + tag.Key + "=" + tag.Value, 128)))
                .ToList();
        }
#pragma warning disable CA1031 // Completion cannot report an error, and the command itself will report it.
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }
    }
}
