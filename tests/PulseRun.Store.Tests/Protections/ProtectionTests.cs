using System;
using System.Collections.Generic;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.Protections;

public sealed class ProtectionTests : StoreTests
{
    [Fact]
    public void Protect_HoldsForTheId_WhateverTheAccount_UntilItsEnd()
    {
        Store.Protections.Protect(TempFolder.Account, "inst_1", "a long run", Noon.AddHours(1), Noon);
        Store.Protections.Protect(TempFolder.Account, "inst_2", null, null, Noon);

        IReadOnlyDictionary<string, Protection> held = Store.Protections.Get(Noon.AddMinutes(59));

        Assert.Equivalent(new Protection { Id = "inst_1", Reason = "a long run", Until = Noon.AddHours(1), CreatedAt = Noon }, held["inst_1"]);
        Assert.Null(held["inst_2"].Until);
        Assert.Equal(["inst_2"], Store.Protections.Get(Noon.AddHours(1)).Keys);
        // Another key or another form of the address is another account, but the same instance.
        Store.Protections.Protect("another account", "inst_2", "again", Noon.AddHours(2), Noon);
        Assert.Equal("again", Store.Protections.Get(Noon)["inst_2"].Reason);
    }

    [Fact]
    public void Protect_Again_ReplacesReasonAndEnd()
    {
        Store.Protections.Protect(TempFolder.Account, "inst_1", "first", Noon.AddHours(1), Noon);
        Store.Protections.Protect(TempFolder.Account, "inst_1", "second", null, Noon.AddMinutes(1));

        Protection held = Assert.Single(Store.Protections.Get(Noon.AddHours(2)).Values);

        Assert.Equal(("second", null), (held.Reason, held.Until));
    }

    [Fact]
    public void Unprotect_TellsWhetherThereWasOne()
    {
        Store.Protections.Protect(TempFolder.Account, "inst_1", null, null, Noon);

        Assert.False(Store.Protections.Unprotect("inst_2"));
        Assert.True(Store.Protections.Unprotect("inst_1"));
        Assert.False(Store.Protections.Unprotect("inst_1"));
        Assert.Empty(Store.Protections.Get(Noon));
    }

    [Fact]
    public void Get_OfAFileWithOneForEachAccount_GivesTheOneThatHoldsLongest()
    {
        Store.Protections.Protect(TempFolder.Account, "inst_1", "short", Noon.AddHours(1), Noon);
        _ = Outside.Ask(Folder.File, "INSERT INTO protection SELECT account + 1, instance, 'long', until + 3600000, created_at FROM protection; INSERT INTO protection SELECT account + 2, instance, 'shortest', until - 1800000, created_at FROM protection WHERE reason = 'short'");

        Assert.Equal("long", Store.Protections.Get(Noon)["inst_1"].Reason);
        Assert.True(Store.Protections.Unprotect("inst_1"));
        Assert.Empty(Store.Protections.Get(Noon));
    }
}
