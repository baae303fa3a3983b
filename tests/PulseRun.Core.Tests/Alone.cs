using Xunit;

namespace PulseRun.Core.Tests;

/// <summary>Runs tests that measure the whole process, such as its memory, after all others and one at a time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
