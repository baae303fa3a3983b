using Xunit;

// Tests turn a clock while the client works on other threads; xunit's own limit on threads would hold those up behind a test that blocks one.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
