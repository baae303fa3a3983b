using Xunit;

namespace PulseRun.Core.Tests;

/// <summary>For tests that look at the whole process, as its memory: they run after all others, one at a time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
