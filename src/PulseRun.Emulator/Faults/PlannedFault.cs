using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Faults;

/// <summary>Represents a fault, with the number of requests it has matched.</summary>
internal sealed class PlannedFault(EmulatorFault fault, int seed, string name)
{
    private long _met;
    private int _fired;

    public EmulatorFault Fault => fault;

    public bool Fires(string method, string rawUrl, Route route)
    {
        if (!FaultRules.Concerns(fault.Kind, route.Traits)
            || !Glob.IsMatch(fault.Method, method)
            || !(Glob.IsMatch(fault.Path, route.Path) || Glob.IsMatch(fault.Path, rawUrl)))
            return false;
        _met++;
        if (_met <= fault.Skip || (fault.Times > 0 && _fired >= fault.Times) || DeterministicRandom.Unit(seed, name, _met) >= fault.Probability)
            return false;
        _fired++;
        return true;
    }
}
