using System;
using System.Linq;
using Xunit;

namespace PulseRun.Core.Tests.Errors;

public class PulseRunExceptionTests
{
    /// <summary>$Error and transcripts show inner exceptions with their texts, which may quote a secret of a request or a file.</summary>
    [Fact]
    public void InnerException_OfAnotherLibrary_IsDropped()
    {
        Assert.Null(new PulseRunException(ErrorIds.UnexpectedError, "x", new InvalidOperationException("pr_live_CANARYcanary0123456789")).InnerException);
        var ours = new PulseRunException(ErrorIds.ServerError, "y");
        Assert.Same(ours, new PulseRunException(ErrorIds.UnexpectedError, "x", ours).InnerException);
    }

    [Fact]
    public void Advised_KeepsEverythingElse()
    {
        var inner = new PulseRunException(ErrorIds.ServerError, "y");
        var error = new PulseRunException(ErrorIds.CommandTimeout, "x", inner)
        {
            StatusCode = 1,
            Detail = "detail",
            Field = "field",
            RequestId = "request",
            StdOut = "out",
            StdErr = "err",
        };
        var advised = error.Advised("advice");
        Assert.Equal("advice", advised.Advice);
        foreach (var property in typeof(PulseRunException).GetProperties().Where(one => one.DeclaringType == typeof(PulseRunException) || one.Name is "Message" or "InnerException"))
        {
            Assert.NotNull(property.GetValue(error));
            Assert.Equal(property.GetValue(error), property.GetValue(advised));
        }
    }
}
