using Xunit;

// The tests run in sequence, because the runspaces of a process share its environment, store and emulators.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
