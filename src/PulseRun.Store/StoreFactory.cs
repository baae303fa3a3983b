namespace PulseRun.Store;

/// <summary>The one way into this assembly.</summary>
public static class StoreFactory
{
}
