using System;

namespace PulseRun;

/// <summary>Specifies whether a tunnel passes connections on.</summary>
public enum TunnelState
{
    /// <summary>The connection is being made.</summary>
    Opening,

    /// <summary>Connections to the local port reach the instance.</summary>
    Open,

    /// <summary>The connection was lost and is being made again.</summary>
    Reconnecting,

    /// <summary>The tunnel has ended. LastError says why, if it was not closed by Close-PRTunnel.</summary>
    Closed,
}

/// <summary>Represents an ssh tunnel from a port of this machine to a port of an instance. Its properties show the present state.</summary>
public sealed class Tunnel : InstanceReference
{
    private readonly object _lock = new();
    private TunnelState _state;
    private string? _lastError;
    private int _reconnects;

    /// <summary>Gets the instance's id.</summary>
    public override string Id { get; init; } = "";

    /// <summary>Gets the port on 127.0.0.1 of this machine.</summary>
    public int LocalPort { get; internal set; }

    /// <summary>Gets the port on the loopback address of the instance.</summary>
    public int RemotePort { get; init; }

    /// <summary>Gets the address of the local port, for example 127.0.0.1:43210.</summary>
    public string LocalAddress => "127.0.0.1:" + LocalPort.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Gets the present state.</summary>
    public TunnelState State
    {
        get
        {
            lock (_lock)
                return _state;
        }
    }

    /// <summary>Gets why the connection was lost last; null if it never was.</summary>
    public string? LastError
    {
        get
        {
            lock (_lock)
                return _lastError;
        }
    }

    /// <summary>Gets how many times the connection was made again.</summary>
    public int Reconnects
    {
        get
        {
            lock (_lock)
                return _reconnects;
        }
    }

    /// <summary>Gets the time at which the tunnel was opened (UTC).</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>Changes the state. A closed tunnel stays closed.</summary>
    internal void Set(TunnelState state, string? error = null)
    {
        lock (_lock)
        {
            if (_state == TunnelState.Closed)
                return;
            if (_state == TunnelState.Reconnecting && state == TunnelState.Open)
                _reconnects++;
            _state = state;
            _lastError = error ?? _lastError;
        }
    }
}
