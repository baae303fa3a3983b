using System;
using System.Collections.Generic;
using PulseRun.Core.Store;
using Xunit;

namespace PulseRun.Store.Tests.Notes;

public sealed class ProtectionTests : StoreTests
{
    [Fact]
    public void Protect_HoldsForTheId_WhateverTheAccount_UntilItsEnd()
    {
        Store.Notes.Protect(TempFolder.Scope, "inst_1", "a long run", Noon.AddHours(1), Noon);
        Store.Notes.Protect(TempFolder.Scope, "inst_2", null, null, Noon);

        IReadOnlyDictionary<string, Protection> held = Store.Notes.Protections(Noon.AddMinutes(59));

        Assert.Equivalent(new Protection { Id = "inst_1", Reason = "a long run", Until = Noon.AddHours(1), CreatedAt = Noon }, held["inst_1"]);
        Assert.Null(held["inst_2"].Until);
        Assert.Equal(["inst_2"], Store.Notes.Protections(Noon.AddHours(1)).Keys);
        // Another key or another form of the address is another account, but the same instance.
        Store.Notes.Protect(new("a service", "another account"), "inst_2", "again", Noon.AddHours(2), Noon);
        Assert.Equal("again", Store.Notes.Protections(Noon)["inst_2"].Reason);
    }

    [Fact]
    public void Protect_Again_ReplacesReasonAndEnd()
    {
        Store.Notes.Protect(TempFolder.Scope, "inst_1", "first", Noon.AddHours(1), Noon);
        Store.Notes.Protect(TempFolder.Scope, "inst_1", "second", null, Noon.AddMinutes(1));

        Protection held = Assert.Single(Store.Notes.Protections(Noon.AddHours(2)).Values);

        Assert.Equal(("second", null), (held.Reason, held.Until));
    }

    [Fact]
    public void Unprotect_TellsWhetherThereWasOne()
    {
        Store.Notes.Protect(TempFolder.Scope, "inst_1", null, null, Noon);

        Assert.False(Store.Notes.Unprotect("inst_2"));
        Assert.True(Store.Notes.Unprotect("inst_1"));
        Assert.False(Store.Notes.Unprotect("inst_1"));
        Assert.Empty(Store.Notes.Protections(Noon));
    }

    [Fact]
    public void Protections_WithOneForEachService_GivesTheOneThatHoldsLongest()
    {
        Store.Notes.Protect(TempFolder.Scope, "inst_1", "short", Noon.AddHours(1), Noon);
        _ = Outside.Ask(Folder.File, """
            INSERT INTO note (service, instance, protect_reason, protected_until, protected_at, bound_at, changed_at) SELECT 'b', instance, 'long', protected_until + 3600000, bound_at, bound_at, bound_at FROM note;
            INSERT INTO note (service, instance, protect_reason, protected_until, protected_at, bound_at, changed_at) SELECT 'c', instance, 'shortest', protected_until - 1800000, bound_at, bound_at, bound_at FROM note WHERE protect_reason = 'short';
            """);

        Assert.Equal("long", Store.Notes.Protections(Noon)["inst_1"].Reason);
        Assert.True(Store.Notes.Unprotect("inst_1"));
        Assert.Empty(Store.Notes.Protections(Noon));
    }
}
