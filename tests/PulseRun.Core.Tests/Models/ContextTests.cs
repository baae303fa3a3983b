using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Text;
using Xunit;

namespace PulseRun.Core.Tests.Models;

public class ContextTests
{
    private static Context New(Func<string>? account = null) => new(
        new ContextSettings { BaseUri = new Uri("https://api.test/"), Key = SecretText.Of("pr_test_abc"), Source = "Parameter" },
        account ?? (static () => "account"),
        static () => DateTimeOffset.FromUnixTimeSeconds(0));

    [Fact]
    public void Close_ReleasesWhatUsesTheConnection_WhenItIsClosedAndTheKeyIsStillThere()
    {
        Context context = New();
        bool wasClosed = false, hadKey = false;
        context.Close("a test", () => (wasClosed, hadKey) = (context.IsClosed, context.Settings.Key.Length > 0));
        Assert.True(wasClosed);
        Assert.True(hadKey);
        Assert.Throws<ObjectDisposedException>(() => context.Settings.Key);
        Assert.Equal("a test", context.ClosedBy);
    }

    [Fact]
    public void Close_ByManyThreads_ReleasesOnce()
    {
        Context context = New();
        int released = 0;
        Parallel.For(0, 64, i => context.Close("closer " + i, () => Interlocked.Increment(ref released)));
        Assert.Equal(1, released);
    }

    [Fact]
    public void Account_WhoseKeyCommandFailed_IsAskedForAgain()
    {
        int calls = 0;
        Context context = New(() => ++calls == 1 ? throw new PulseRunException(ErrorIds.NotConnected, "No key yet.") : "account");
        Assert.Throws<PulseRunException>(() => context.Account);
        Assert.Equal("account", context.Account);
        Assert.Equal("account", context.Account);
        Assert.Equal(2, calls);
    }
}
