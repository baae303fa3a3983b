using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Store;
#if NET
using PulseRun.Store.Tests.Sqlite;
#endif
using Xunit;

namespace PulseRun.Store.Tests.Cleanup;

public sealed class IdleWarningTests : IDisposable
{
    private const string Account = TempFolder.Account;
    private static readonly DateTimeOffset s_noon = TempFolder.Noon;
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();
    private IStore _store;

    public IdleWarningTests() => _store = _folder.Open();

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    private (WarningClaim Claim, Guid Spell) Claim(string id = "a", TimeSpan? valid = null)
    {
        WarningClaim claim = _store.Warnings.Claim(Account, id, s_noon.AddMinutes(-20), s_noon, valid ?? s_minute, out Guid spell);
        return (claim, spell);
    }

    private void Reopen()
    {
        _store.Dispose();
        _store = _folder.Open();
    }

    private IdleWarning? Find(string id = "a") => _store.Warnings.Get(Account).TryGetValue(id, out IdleWarning? warning) ? warning : null;

    [Fact]
    public void Claim_IsGrantedOnce_UntilItIsDeliveredOrReleased()
    {
        (WarningClaim claim, Guid spell) = Claim();
        Assert.Equal(WarningClaim.Granted, claim);
        Assert.Equal((WarningClaim.Held, spell), Claim());
        Assert.Equal(WarningClaim.Granted, Claim("b").Claim);
        _store.Warnings.Release(Account, spell);
        Assert.Equal((WarningClaim.Granted, spell), Claim());
        Assert.Null(Find()!.DeliveredAt);
        Assert.True(_store.Warnings.Delivered(Account, spell, s_noon.AddSeconds(1)));
        Assert.Equal((WarningClaim.Delivered, spell), Claim());
        // The first delivery counts.
        Assert.True(_store.Warnings.Delivered(Account, spell, s_noon.AddSeconds(9)));
        Reopen();
        Assert.Equal(new IdleWarning(spell, s_noon.AddMinutes(-20), s_noon, s_noon.AddSeconds(1)), Find());
        Assert.Empty(_store.Warnings.Get("another account"));
    }

    [Fact]
    public void Claim_Expires()
    {
        Guid spell = Claim(valid: TimeSpan.Zero).Spell;
        Assert.Equal((WarningClaim.Granted, spell), Claim());
        Assert.Equal(WarningClaim.Held, Claim().Claim);
    }

    [Fact]
    public void Claim_OfAClockThatWasAhead_DoesNotHoldForEver()
    {
        Guid spell = Claim().Spell;
        _store.Dispose();
        _ = Outside.Ask(_folder.File, "UPDATE idle_warning SET claimed = claimed + 86400000");
        _store = _folder.Open();
        Assert.Equal((WarningClaim.Granted, spell), Claim());
    }

    [Fact]
    public void Confirm_OnlyAdvances_AndEndedSpellsStayEnded()
    {
        Guid spell = Claim().Spell;
        void Confirm(int minutes) => _store.Warnings.Confirm(Account, [new KeyValuePair<Guid, DateTimeOffset>(spell, s_noon.AddMinutes(minutes))]);
        Confirm(5);
        Confirm(3);
        Assert.Equal(s_noon.AddMinutes(5), Find()!.ConfirmedAt);
        _store.Warnings.End(Account, [spell]);
        Confirm(7);
        Assert.False(_store.Warnings.Delivered(Account, spell, s_noon));
        Assert.Null(Find());
        // The next spell has its own warning.
        Assert.NotEqual(spell, Claim().Spell);
    }

    [Fact]
    public void End_OfAnotherSpell_ChangesNothing()
    {
        Guid spell = Claim().Spell;
        _store.Warnings.End(Account, [Guid.NewGuid()]);
        Assert.Equal(spell, Find()!.Spell);
    }

    [Fact]
    public void TryClaim_OfAnInstance_IsForOneRun()
    {
        Guid one = Guid.NewGuid(), other = Guid.NewGuid();
        Assert.True(_store.Cleanups.TryClaim(one, Account, "a", s_minute));
        Assert.True(_store.Cleanups.TryClaim(one, Account, "a", s_minute));
        Assert.False(_store.Cleanups.TryClaim(other, Account, "a", s_minute));
        _store.Cleanups.ReleaseClaim(other, Account, "a");
        Assert.False(_store.Cleanups.TryClaim(other, Account, "a", s_minute));
        _store.Cleanups.ReleaseClaim(one, Account, "a");
        Assert.True(_store.Cleanups.TryClaim(other, Account, "a", TimeSpan.Zero));
        Assert.True(_store.Cleanups.TryClaim(one, Account, "a", s_minute));
    }

    [Fact]
    public void Readings_KeepTheirSource()
    {
        _store.History.RecordReadings(Account, [new InstanceMetrics { Id = "a", SampledAt = s_noon, GpuUtilization = 1, Source = MetricsSource.Ssh }, new InstanceMetrics { Id = "b", SampledAt = s_noon, GpuUtilization = 1 }], s_noon);
        Assert.Equal([MetricsSource.Ssh, MetricsSource.Api], _store.History.Readings(Account, null, DateTimeOffset.MinValue).OrderBy(static one => one.Id).Select(static one => one.Source));
    }

#if NET
    [Fact]
    public void Claim_ByThreeProcessesAtOnce_GivesEachWarningToOne()
    {
        string[] claimed = ProcessesTests.Together(3, _ => ["warn", _folder.Data, "40"]);

        Assert.Equal(40, claimed.Length);
        Assert.Equal(40, claimed.Distinct().Count());
    }

    [Fact]
    public void Claim_OfAProcessThatWasKilled_IsFree()
    {
        using (OtherProcess other = OtherProcess.Start("warn", _folder.Data, "1"))
        {
            Assert.Equal(WarningClaim.Held, Claim("first").Claim);
            other.Kill();
        }
        Assert.Equal(WarningClaim.Granted, Claim("first").Claim);
    }
#endif
}
