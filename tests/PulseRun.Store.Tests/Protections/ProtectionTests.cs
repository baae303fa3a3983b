using System;
using System.Collections.Generic;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.Protections;

public sealed class ProtectionTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = TempFolder.Noon;

    private readonly TempFolder _folder = new();
    private readonly IStore _store;

    public ProtectionTests() => _store = _folder.Open();

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Protect_HoldsForTheId_WhateverTheAccount_UntilItsEnd()
    {
        _store.Protections.Protect(TempFolder.Account, "inst_1", "a long run", s_noon.AddHours(1), s_noon);
        _store.Protections.Protect(TempFolder.Account, "inst_2", null, null, s_noon);

        IReadOnlyDictionary<string, Protection> held = _store.Protections.Get(s_noon.AddMinutes(59));

        Assert.Equivalent(new Protection { Id = "inst_1", Reason = "a long run", Until = s_noon.AddHours(1), CreatedAt = s_noon }, held["inst_1"]);
        Assert.Null(held["inst_2"].Until);
        Assert.Equal(["inst_2"], _store.Protections.Get(s_noon.AddHours(1)).Keys);
        // Another key or another form of the address is another account, but the same instance.
        _store.Protections.Protect("another account", "inst_2", "again", s_noon.AddHours(2), s_noon);
        Assert.Equal("again", _store.Protections.Get(s_noon)["inst_2"].Reason);
    }

    [Fact]
    public void Protect_Again_ReplacesReasonAndEnd()
    {
        _store.Protections.Protect(TempFolder.Account, "inst_1", "first", s_noon.AddHours(1), s_noon);
        _store.Protections.Protect(TempFolder.Account, "inst_1", "second", null, s_noon.AddMinutes(1));

        Protection held = Assert.Single(_store.Protections.Get(s_noon.AddHours(2)).Values);

        Assert.Equal(("second", null), (held.Reason, held.Until));
    }

    [Fact]
    public void Unprotect_TellsWhetherThereWasOne()
    {
        _store.Protections.Protect(TempFolder.Account, "inst_1", null, null, s_noon);

        Assert.False(_store.Protections.Unprotect("inst_2"));
        Assert.True(_store.Protections.Unprotect("inst_1"));
        Assert.False(_store.Protections.Unprotect("inst_1"));
        Assert.Empty(_store.Protections.Get(s_noon));
    }

    [Fact]
    public void Get_OfAFileWithOneForEachAccount_GivesTheOneThatHoldsLongest()
    {
        _store.Protections.Protect(TempFolder.Account, "inst_1", "short", s_noon.AddHours(1), s_noon);
        _ = Outside.Ask(_folder.File, "INSERT INTO protection SELECT account + 1, instance, 'long', until + 3600000, created_at FROM protection; INSERT INTO protection SELECT account + 2, instance, 'shortest', until - 1800000, created_at FROM protection WHERE reason = 'short'");

        Assert.Equal("long", _store.Protections.Get(s_noon)["inst_1"].Reason);
        Assert.True(_store.Protections.Unprotect("inst_1"));
        Assert.Empty(_store.Protections.Get(s_noon));
    }
}
