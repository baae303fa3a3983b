using System.Collections.Generic;
using PulseRun.Core.Completion;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers templates.</summary>
internal sealed class TemplateCompleter : CachedValueCompleter
{
    private protected override CompletionField Field => CompletionField.Template;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) => KnownNames.Templates;
}
