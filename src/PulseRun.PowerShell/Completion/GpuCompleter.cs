using System.Collections.Generic;
using PulseRun.Core.Completion;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers GPU types.</summary>
internal sealed class GpuCompleter : CachedValueCompleter
{
    private protected override CompletionField Field => CompletionField.Gpu;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) => KnownNames.Gpus;
}
