using Xunit;

namespace PulseRun.Tests;

public class PlaceholderTests
{
    [Fact]
    public void Runs() => Assert.NotEqual(1, 2);
}
