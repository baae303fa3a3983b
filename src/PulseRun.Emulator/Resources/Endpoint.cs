using System;
using PulseRun.Emulator.Http;

namespace PulseRun.Emulator.Resources;

/// <summary>Represents one operation of the API as the emulator serves it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, one of <see cref="ApiPaths"/>; <c>{id}</c> stands for an id.</param>
/// <param name="Traits">The properties that decide which faults apply.</param>
/// <param name="Serve">Carries out the request and returns the reply.</param>
internal sealed record Endpoint(string Method, string Path, Traits Traits, Func<Exchange, Reply> Serve)
{
    /// <summary>Gets the segments of the path.</summary>
    public string[] Steps { get; } = Path.Split('/');
}

/// <summary>Specifies properties of an operation.</summary>
[Flags]
internal enum Traits
{
    None = 0,

    /// <summary>The answer contains instances.</summary>
    Instances = 1,

    /// <summary>The operation changes or creates something.</summary>
    Acts = 2,

    /// <summary>The operation needs a free GPU.</summary>
    NeedsGpu = 4,

    /// <summary>The answer is a list.</summary>
    List = 8,

    /// <summary>The answer contains metrics.</summary>
    Metrics = 16,

    /// <summary>The answer contains dates.</summary>
    Dates = 32,

    /// <summary>The answer contains alerts, schedules or webhooks.</summary>
    Objects = 64,
}
