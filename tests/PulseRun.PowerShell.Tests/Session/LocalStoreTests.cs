using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using PulseRun.PowerShell.Session;
using Xunit;

namespace PulseRun.PowerShell.Tests.Session;

public class LocalStoreTests
{
    private readonly List<string> _warnings = [];

    private LocalStore Broken() => new(static () => throw new StoreUnavailableException(StoreFailure.Locked, "The disk is full."), text =>
    {
        lock (_warnings)
            _warnings.Add(text);
    });

    [Fact]
    public void Work_that_is_not_needed_warns_once_for_the_whole_command_from_any_thread()
    {
        LocalStore store = Broken();
        Parallel.For(0, 50, _ => Assert.False(store.TryUse(static _ => Assert.Fail("There is no store."))));
        Assert.Single(_warnings);
        Assert.Contains("The disk is full.", _warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_is_needed_fails_with_the_id_of_the_journal()
    {
        var error = Assert.Throws<PulseRunException>(() => Broken().Use(static _ => Assert.Fail("There is no store.")));
        Assert.Equal(ErrorIds.JournalUnavailable, error.ErrorId);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_failure_that_is_not_of_the_store_passes_through()
    {
        var store = new LocalStore(static () => null!, _warnings.Add);
        Assert.Throws<InvalidOperationException>(() => store.TryUse(static _ => throw new InvalidOperationException()));
        Assert.Throws<InvalidOperationException>(() => store.Use(static _ => throw new InvalidOperationException()));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void The_store_is_asked_for_at_each_use_as_its_folder_can_change()
    {
        int opened = 0;
        var store = new LocalStore(
            () =>
            {
                opened++;
                return null!;
            },
            _warnings.Add);
        Assert.True(store.TryUse(static _ => { }));
        store.Use(static _ => { });
        Assert.Equal(2, opened);
    }
}
