using System;
using System.Runtime.CompilerServices;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Session;
using Xunit;

namespace PulseRun.PowerShell.Tests.Session;

public class ConnectionTests
{
    private static Context New(string account) => new(
        new ContextSettings { BaseUri = new Uri("https://api.test/"), Key = SecretText.Of("pr_test_abc"), Source = "Parameter" },
        account,
        static () => DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_context_has_one_connection()
    {
        Context context = New("connection-tests");
        Assert.Same(Connection.Of(context), Connection.Of(context));
        Assert.NotSame(Connection.Of(context), Connection.Of(New("connection-tests")));
    }

    [Fact]
    public void Connections_of_one_account_share_what_was_seen()
    {
        Assert.Same(Connection.Of(New("connection-tests")).Seen, Connection.Of(New("connection-tests")).Seen);
        Assert.NotSame(Connection.Of(New("connection-tests")).Seen, Connection.Of(New("connection-tests-2")).Seen);
    }

    [Fact]
    public void Closing_a_context_that_was_never_used_forgets_its_key()
    {
        Context context = New("connection-tests");
        Connection.Close(context, "a test");
        Connection.Close(context, "another");
        Assert.Equal("a test", context.ClosedBy);
        Assert.Throws<ObjectDisposedException>(() => context.Settings.Key);
    }

    [Fact]
    public void A_connection_ends_with_its_context()
    {
        WeakReference connection = Forgotten();
        for (int i = 0; connection.IsAlive && i < 10; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(connection.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Forgotten() => new(Connection.Of(New("connection-tests")));
    }
}
