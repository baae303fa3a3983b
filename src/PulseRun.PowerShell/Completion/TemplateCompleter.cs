using System.Collections.Generic;
using PulseRun.Seen;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers templates.</summary>
internal sealed class TemplateCompleter : SeenValueCompleter
{
    private protected override SeenField Field => SeenField.Template;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) => KnownNames.Templates;
}
