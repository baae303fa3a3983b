using System.Collections.Generic;
using PulseRun.Seen;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers GPU types.</summary>
internal sealed class GpuCompleter : SeenValueCompleter
{
    private protected override SeenField Field => SeenField.Gpu;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) => KnownNames.Gpus;
}
