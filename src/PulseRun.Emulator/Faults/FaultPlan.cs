using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.Emulator.Http;

namespace PulseRun.Emulator.Faults;

/// <summary>The faults an emulator was given. Not safe by itself: the cloud holds a lock.</summary>
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

    /// <summary>The faults of one request, each counted once.</summary>
    public FaultSet Draw(IncomingRequest request, Route route) =>
        new([.. _planned.Where(planned => planned.Fires(request.Method, request.RawUrl, route)).Select(planned => planned.Fault)]);
}
