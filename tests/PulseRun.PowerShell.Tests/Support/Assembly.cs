using Xunit;

// The environment, the store and the emulators of a process are shared by its runspaces.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
