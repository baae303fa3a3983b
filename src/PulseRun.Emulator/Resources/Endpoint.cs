using System;
using PulseRun.Emulator.Http;

namespace PulseRun.Emulator.Resources;

/// <summary>One operation of the API as the emulator serves it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, one of <see cref="ApiPaths"/>; <c>{id}</c> stands for an instance.</param>
/// <param name="Traits">What it has to do with, so that faults know whether they concern it.</param>
/// <param name="Serve">Does what is asked for, or says why not.</param>
internal sealed record Endpoint(string Method, string Path, Traits Traits, Func<Exchange, Reply> Serve)
{
    /// <summary>The steps of the path.</summary>
    public string[] Steps { get; } = Path.Split('/');
}

/// <summary>What an operation has to do with.</summary>
[Flags]
internal enum Traits
{
    None = 0,

    /// <summary>Its answer is instances.</summary>
    Instances = 1,

    /// <summary>It changes an instance, or makes one.</summary>
    Acts = 2,

    /// <summary>It needs a free GPU.</summary>
    NeedsGpu = 4,

    /// <summary>Its answer is the list of instances.</summary>
    List = 8,

    /// <summary>Its answer is metrics.</summary>
    Metrics = 16,

    /// <summary>Its answer has dates.</summary>
    Dates = 32,
}
