using System.Collections.Generic;
using PulseRun.Seen;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers GPU types.</summary>
internal sealed class GpuCompleter : SeenValueCompleter
{
    private protected override SeenField Field => SeenField.Gpu;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) =>
        [("a100_80gb", "NVIDIA A100 80GB"), ("h100_80gb", "NVIDIA H100 80GB"), ("rtx_4090", "NVIDIA RTX 4090")];
}
