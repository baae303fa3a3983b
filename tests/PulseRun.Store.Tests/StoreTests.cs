using System;
using PulseRun.Core.Store;

namespace PulseRun.Store.Tests;

/// <summary>The base of the tests of one store: it has a new folder, and both are removed after the test.</summary>
public abstract class StoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    protected StoreTests() => Store = _folder.Open();

    /// <summary>Gets the time at which the tests begin.</summary>
    protected static DateTimeOffset Noon => TempFolder.Noon;

    private protected TempFolder Folder => _folder;

    private protected IStore Store { get; }

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
