using System.Collections.Generic;

namespace PulseRun.Bench.Floor;

/// <summary>Represents the envelope of the list.</summary>
internal sealed record ListAnswer(List<InstanceRow> Data);
