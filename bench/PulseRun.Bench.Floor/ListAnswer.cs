using System.Collections.Generic;

namespace PulseRun.Bench.Floor;

/// <summary>The list's envelope.</summary>
internal sealed record ListAnswer(List<InstanceRow> Data);
