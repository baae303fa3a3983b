using System;
using System.Net;
using System.Net.Sockets;

namespace PulseRun.Tests.Shared;

/// <summary>
/// Chooses ports for programs that listen later. The kernel gives ports from 32768 on to every outgoing connection, so one of those
/// can be taken before the program listens, and while it restarts; these are below.
/// </summary>
internal static class LocalPorts
{
    private const int First = 15_000;
    private const int Last = 32_000;

    private static readonly Random s_random = new();

    /// <summary>Returns a port on which no program listens now.</summary>
    public static int Free()
    {
        lock (s_random)
        {
            while (true)
            {
                int port = s_random.Next(First, Last);
                var probe = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
                try
                {
                    probe.Start();
                    return port;
                }
                catch (SocketException)
                {
                    // It is in use.
                }
                finally
                {
                    probe.Stop();
                }
            }
        }
    }
}
