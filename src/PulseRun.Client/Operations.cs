namespace PulseRun.Client;

/// <summary>Describes all that the client knows about an operation. A row that omits a part does not compile.</summary>
/// <param name="Method">The HTTP method. Every method but GET changes something at the server.</param>
/// <param name="Path">The path, one of <see cref="ApiPaths"/>.</param>
/// <param name="Doing">The beginning of messages, for example <c>Stopping instance {0}</c>; <c>{0}</c> is the target.</param>
/// <param name="NotFound">The error id of a 404 or 410.</param>
/// <param name="Resend">When the request may be sent again after a failure.</param>
/// <param name="AsksForGpu">True when the request can fail because no GPU is free (CapacityUnavailable).</param>
/// <param name="Price">The number of requests without retries; for a list, those of one page.</param>
/// <param name="IsTyped">True when Refit deserializes the answer; false when the answer is parsed while it streams.</param>
internal sealed record Operation(string Method, string Path, string Doing, string NotFound, Resend Resend, bool AsksForGpu, int Price, bool IsTyped)
{
    /// <summary>True when the request changes something at the server.</summary>
    public bool Changes { get; } = Method != "GET";

    /// <summary>True when the path contains the id of an instance.</summary>
    public bool NamesInstance { get; } = Path.Contains("{id}");

    /// <summary>Returns the beginning of a message about this operation.</summary>
    public string Describe(string? target) => Doing.Replace("{0}", target);
}

/// <summary>Specifies when a request may be sent again.</summary>
internal enum Resend
{
    /// <summary>After any transient failure. The state is read afterwards, so that an effect of an earlier attempt is recognized.</summary>
    AfterAnyFailure,

    /// <summary>Only when provably nothing was sent, because a second effect costs money.</summary>
    OnlyIfUnsent,
}

/// <summary>Contains all operations, one row each. The rows are declared beside their resources, in the folder <c>Resources</c>.</summary>
internal static partial class Operations;
