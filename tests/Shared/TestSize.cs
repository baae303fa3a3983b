using System;

namespace PulseRun.Tests.Shared;

/// <summary>
/// Chooses the size of tests that more seeds make better. CI runs the tests of the libraries on three runtimes (tests/Hosts): .NET 8 and Mono try all
/// seeds, and the runtime of the SDK, whose run developers wait for, a part of them. PULSERUN_ALL_SEEDS makes it try all.
/// </summary>
internal static class TestSize
{
    private const string Variable = "PULSERUN_ALL_SEEDS";

    /// <summary>Returns the size for this run.</summary>
    /// <param name="all">The size on the hosts.</param>
    /// <param name="part">The size on the runtime of the SDK.</param>
    public static int Of(int all, int part) =>
#if NET10_0_OR_GREATER
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) ? part : all;
#else
        all;
#endif
}
