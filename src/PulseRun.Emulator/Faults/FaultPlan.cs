using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Emulator.Http;

namespace PulseRun.Emulator.Faults;

/// <summary>Contains the faults that were added to an emulator. Not thread-safe; the caller holds the emulator's lock.</summary>
internal sealed class FaultPlan(int seed)
{
    private readonly List<PlannedFault> _planned = [];
    private int _count;

    public void Add(EmulatorFault fault)
    {
        FaultRules.Check(fault);
        string name = "fault" + (++_count).ToString(CultureInfo.InvariantCulture);
        _planned.Add(new PlannedFault(fault.Copy(), seed, name));
    }

    public void Clear() => _planned.Clear();

    /// <summary>Returns the faults that apply to one request, and counts each once.</summary>
    public FaultSet Draw(IncomingRequest request, Route route) =>
        new([.. _planned.Where(planned => planned.Fires(request.Method, request.RawUrl, route)).Select(planned => planned.Fault)]);
}
