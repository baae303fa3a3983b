using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Core.Budgets;
using PulseRun.Core.Launch;
using PulseRun.Core.Notes;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.Budgets;

public sealed class BudgetListTests : StoreTests
{
    private const string Service = "https://api.example/";

    private static readonly Dictionary<string, string> s_ml = new() { ["team"] = "ml" };

    private IBudgets Budgets => Store.Budgets;

    [Fact]
    public void ABudget_KeepsItsValues_AndBelongsToItsService()
    {
        var rule = new BudgetRule { Tags = s_ml, PerMonth = 1200.25m, PerDay = 50.5m, AtLimit = BudgetLimitAction.Stop, Contact = "ops@example" };
        Budgets.Change(Service, s_ml, _ => rule);
        Assert.Equivalent(rule, Assert.Single(Budgets.All(Service)), strict: true);
        Assert.Empty(Budgets.All("https://other.example/"));

        // The same tags in another case of the key are the same budget; another value is another.
        BudgetRule changed = Budgets.Change(Service, new Dictionary<string, string> { ["TEAM"] = "ml" }, static old => old with { PerDay = null, Contact = null });
        Assert.Equal((1200.25m, null, null), (changed.PerMonth, changed.PerDay, changed.Contact));
        Assert.Equivalent(changed, Assert.Single(Budgets.All(Service)), strict: true);
        Budgets.Change(Service, new Dictionary<string, string> { ["team"] = "ML" }, static old => old with { PerDay = 1 });
        Budgets.Change(Service, InstanceNote.NoTags, static old => old with { PerDay = 2 });
        Assert.Equal([2m, 1m, null], Budgets.All(Service).Select(static one => one.PerDay));
    }

    [Fact]
    public void Remove_IsTrueOnce()
    {
        Assert.False(Budgets.Remove(Service, s_ml));
        Budgets.Change(Service, s_ml, static old => old with { PerDay = 1 });
        Assert.False(Budgets.Remove(Service, InstanceNote.NoTags));
        Assert.True(Budgets.Remove(Service, s_ml));
        Assert.False(Budgets.Remove(Service, s_ml));
        Assert.Empty(Budgets.All(Service));
    }

    [Fact]
    public void AChangeThatThrows_LeavesTheStoreAsItWas()
    {
        Budgets.Change(Service, s_ml, static old => old with { PerDay = 1 });
        Assert.Throws<PulseRunException>(() => Budgets.Change(Service, s_ml, static _ => throw new PulseRunException(ErrorIds.InvalidRequest, "no")));
        Assert.Equal(1, Assert.Single(Budgets.All(Service)).PerDay);
    }

    [Fact]
    public void ChangesAtOnce_LoseNothing()
    {
        using IStore other = Folder.Open();
        Budgets.Change(Service, s_ml, static old => old with { PerDay = 0 });
        Parallel.For(0, 16, i => (i % 2 == 0 ? Budgets : other.Budgets).Change(Service, s_ml, static old => old with { PerDay = old.PerDay + 1 }));
        Assert.Equal(16, Assert.Single(Budgets.All(Service)).PerDay);
    }

    [Fact]
    public void OfLaunchesAtOnce_NoMoreBeginThanABudgetHasRoomFor()
    {
        using IStore other = Folder.Open();
        // Each launch has a lifetime of one hour and a price of 2: the budget has room for 3 of 12.
        Budgets.Change(Service, InstanceNote.NoTags, static old => old with { PerDay = 7, AtLimit = BudgetLimitAction.RefuseLaunch });
        var begun = new bool[12];
        Parallel.For(0, begun.Length, i => begun[i] = TryBegin(i % 2 == 0 ? Store : other));
        Assert.Equal(3, begun.Count(static one => one));
        Assert.Equal(3, Store.Launches.Open(TempFolder.Account).Count);
        Assert.False(TryBegin(Store));
        Assert.True(Budgets.Remove(Service, InstanceNote.NoTags));
        Assert.True(TryBegin(Store));
    }

    private static bool TryBegin(IStore store)
    {
        Guid intent = Guid.NewGuid();
        LaunchRecord record = JournalWords.Intent(intent) with
        {
            Price = 2,
            Note = new LaunchNote { Service = Service, Lifetime = TimeSpan.FromHours(1) },
            Budgets = new BudgetView(Service, [], new HashSet<string>(), JournalWords.At(1), Noon, TimeZoneInfo.Utc),
        };
        PulseRunException? refusal = store.Launches.Begin(TempFolder.Account, record, null).Refusal;
        Assert.True(refusal is null || refusal.ErrorId == ErrorIds.BudgetExceeded, refusal?.Message);
        return refusal is null;
    }
}
