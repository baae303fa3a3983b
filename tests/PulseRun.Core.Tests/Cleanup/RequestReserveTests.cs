using PulseRun.Core.Cleanup;
using Xunit;

namespace PulseRun.Core.Tests.Cleanup;

public class RequestReserveTests
{
    [Theory]
    [InlineData(null, 45)]
    [InlineData(60, 45)]
    [InlineData(600, 450)]
    [InlineData(1, 2)]
    [InlineData(int.MaxValue, 1610612735)]
    public void Leave_ReservesAQuarterForInteractiveUse(int? limit, int share) => Assert.Equal(share, RequestReserve.Leave(limit));
}
