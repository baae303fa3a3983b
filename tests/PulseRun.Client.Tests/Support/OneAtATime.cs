using Xunit;

// Tests advance a clock while the client works on other threads. With xunit's own limit on threads, those would wait for a test that blocks one.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
