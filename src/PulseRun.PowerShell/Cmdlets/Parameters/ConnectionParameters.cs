using System;
using System.Management.Automation;
using System.Net.Http;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that limit what goes through a connection.</summary>
internal sealed class ConnectionParameters
{
    /// <summary>Limits the requests that this process sends, for keys whose limit is known (1 to 100000 a minute). Default: no limit on this side; after a 429, all requests of this process to the account wait.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int? RequestsPerMinute { get; set; }

    /// <summary>The time limit of one request, or of a list with all its pages, in seconds (1 to 86400, default 100). A request that takes longer fails with RequestTimeout.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int? TimeoutSec { get; set; }

    /// <summary>The longest wait of a request for the rate limit, in seconds (0 to 86400, default 600). If the server asks for a longer wait, the request fails at once with RateLimited.</summary>
    [Parameter]
    [ValidateRange(0, 86_400)]
    public int? MaxWaitSec { get; set; }

    /// <summary>The most that the whole fleet may cost with a launch of New-PRInstance, in dollars per hour, at least 0. Default: the profile's limit, else none.</summary>
    [Parameter]
    [Amount]
    public decimal? MaxFleetCostPerHour { get; set; }

    /// <summary>The time limit of one request; null when it was not given.</summary>
    public TimeSpan? Timeout => TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>The longest wait under the rate limit; null when it was not given.</summary>
    public TimeSpan? MaxWait => MaxWaitSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Returns the settings of a connection to an emulator.</summary>
    /// <param name="emulator">The emulator.</param>
    /// <param name="handler">The handler of an emulator in this process; null for the network.</param>
    /// <param name="store">The store that was given.</param>
    public ContextSettings ToSettings(Emulator emulator, HttpMessageHandler? handler, StoreParameters store) => new()
    {
        BaseUri = emulator.BaseUri,
        Key = SecretText.Of(emulator.ApiKey),
        Mode = "emulator",
        Source = "Emulator",
        RequestsPerMinute = RequestsPerMinute,
        Timeout = Timeout ?? ContextSettings.DefaultTimeout,
        MaxWait = MaxWait ?? ContextSettings.DefaultMaxWait,
        MaxFleetCostPerHour = MaxFleetCostPerHour,
        Store = store.Store is { } text ? StoreChoice.Checked(text) : null,
        StoreKeyCommand = store.StoreKeyCommand?.ToString(),
        Handler = handler,
        IdentityFile = emulator.SshIdentityFile,
        KnownHosts = emulator.Control.SshKnownHosts,
    };
}
