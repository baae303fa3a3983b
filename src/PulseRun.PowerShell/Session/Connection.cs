using System;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Session;

/// <summary>Holds the client of a context and the cache of its account. It lives as long as the context, which does not refer to it.</summary>
internal sealed class Connection
{
    private static readonly ConditionalWeakTable<Context, Connection> s_connections = new();

    private readonly Context _context;
    private readonly Lazy<IPulseRunClient> _client;
    private CompletionCache? _seen;

    private Connection(Context context)
    {
        _context = context;
        _client = new Lazy<IPulseRunClient>(() => Libraries.CreateClient(context, Seen, TeamAllowance.Of(context)));
    }

    /// <summary>The client. Made at its first use, because that loads the library.</summary>
    public IPulseRunClient Client => _client.Value;

    /// <summary>Gets the instances that this process has seen of the account. All connections to one account share this cache.</summary>
    public CompletionCache Seen => _seen ??= CompletionCaches.Of(_context.Account);

    /// <summary>Returns the connection of a context; the same one each time.</summary>
    public static Connection Of(Context context) => s_connections.GetValue(context, static one => new Connection(one));

    /// <summary>Loads the client in the background, so that the first Tab at a prompt need not. Sends nothing, and does nothing for a key that a key command has yet to return.</summary>
    public void LoadAhead()
    {
        if (_context.Settings.HasKey)
            _ = Task.Run(() => { _ = TryLoad(); });
    }

    /// <summary>Closes a context: ends its client and forgets its key. Repeating it does nothing.</summary>
    /// <param name="context">The context.</param>
    /// <param name="by">The command or event that closes it; null for Disconnect-PulseRun.</param>
    public static void Close(Context context, string? by = null) => context.Close(by, () => Of(context).Release());

    private bool TryLoad()
    {
        try
        {
            return Client is not null;
        }
#pragma warning disable CA1031 // The command that needs the client reports the failure.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private void Release()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }
}
