namespace PulseRun.Tests;

public enum DoorKind
{
    InProcess,
    Loopback,
}
