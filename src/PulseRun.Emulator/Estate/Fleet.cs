using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Contracts;
using PulseRun.Emulation.Workloads;

namespace PulseRun.Emulation.Estate;

/// <summary>All machines, and what time does to them. Not safe by itself: the cloud holds a lock.</summary>
internal sealed class Fleet
{
    /// <summary>A larger price would not fit into the ledger's sums.</summary>
    private const decimal MostPerHour = 1_000_000_000m;

    private readonly int _seed;
    private readonly TimeSpan _terminatedVisible;
    private readonly List<Machine> _machines;
    private readonly Dictionary<string, Machine> _byId;
    private long _sequence;
    private DateTimeOffset _nextMinute;
    private DateTimeOffset _nextEvent;

    public Fleet(EmulatorOptions options, DateTimeOffset now)
    {
        _seed = options.Seed;
        _terminatedVisible = options.TerminatedVisible;
        _machines = [.. SeededFleet.Make(options.Instances, options.Seed, now)];
        _byId = _machines.ToDictionary(machine => machine.Id, StringComparer.Ordinal);
        _sequence = _machines.Count;
        _nextMinute = now.AddMinutes(1);
        decimal burn = _machines.Where(machine => InstanceStatus.IsBurning(machine.Status)).Sum(machine => machine.CostPerHour);
        Ledger = new Ledger(options.Seed, options.Balance ?? Math.Max(50m, Math.Ceiling(48 * burn)), now);
        ProvisioningTime = options.ProvisioningTime;
        StartingTime = options.StartingTime;
        StoppingTime = options.StoppingTime;
        Reschedule();
    }

    public Ledger Ledger { get; }

    /// <summary>In the order they were made.</summary>
    public IReadOnlyList<Machine> Machines => _machines;

    public TimeSpan ProvisioningTime { get; set; }

    public TimeSpan StartingTime { get; set; }

    public TimeSpan StoppingTime { get; set; }

    public Machine? Find(string id) => _byId.TryGetValue(id, out Machine? machine) ? machine : null;

    /// <summary>Lets everything happen, in its order, that was to happen until now.</summary>
    public void Settle(DateTimeOffset now)
    {
        while (_nextEvent <= now)
        {
            DateTimeOffset at = _nextEvent;
            if (_nextMinute <= at)
            {
                ChargeAll(at);
                _nextMinute = at.AddMinutes(1);
            }
            foreach (Machine machine in _machines)
            {
                if (machine.Next is { } next && next.At <= at)
                    Enter(machine, next.Status, at);
            }
            foreach (Machine gone in _machines.Where(machine => machine.TerminatedAt + _terminatedVisible <= at).ToList())
            {
                _machines.Remove(gone);
                _byId.Remove(gone.Id);
            }
            Reschedule();
        }
    }

    public Machine Launch(LaunchOrder order, Offer offer, DateTimeOffset now)
    {
        string id = NewId();
        var machine = new Machine
        {
            Id = id,
            Sequence = ++_sequence,
            Gpu = offer.Gpu.Slug,
            GpuName = offer.Gpu.Name,
            Provider = offer.Provider.Slug,
            Region = offer.Region,
            Template = order.Template,
            Spot = offer.Spot,
            CostPerHour = offer.CostPerHour,
            CreatedAt = now,
            Connection = Connection.Make(_seed, id),
            BudgetLimit = order.BudgetLimit,
            Status = InstanceStatus.Provisioning,
            Workload = Workload.Parse("busy"),
            ChargedUntil = now,
        };
        Add(machine);
        Begin(machine, InstanceStatus.Provisioning, InstanceStatus.Running, ProvisioningTime, now);
        return machine;
    }

    public Machine Add(Instance instance, DateTimeOffset now)
    {
        string id = instance.Id.Length > 0 ? instance.Id : NewId();
        if (_byId.ContainsKey(id))
            throw new ArgumentException("There is an instance '" + id + "' already.", nameof(instance));
        if (instance.CostPerHour is > MostPerHour or < -MostPerHour)
            throw new ArgumentException("A price is at most " + MostPerHour + " dollars per hour.", nameof(instance));
        string gpu = instance.Gpu ?? "a100_80gb";
        GpuType? known = Catalogue.FindGpu(gpu);
        Connection made = Connection.Make(_seed, id);
        var machine = new Machine
        {
            Id = id,
            Sequence = ++_sequence,
            Gpu = gpu,
            GpuName = instance.GpuName ?? known?.Name ?? gpu,
            Provider = instance.Provider ?? "vast_ai",
            Region = instance.Region ?? "us-east",
            Template = instance.Template ?? "pytorch",
            Spot = instance.Spot ?? false,
            CostPerHour = instance.CostPerHour ?? known?.BasePrice ?? 1m,
            CreatedAt = instance.CreatedAt ?? now,
            Connection = new Connection(instance.Ip ?? made.Ip, instance.SshCommand ?? made.SshCommand, instance.JupyterUrl ?? made.JupyterUrl),
            Status = instance.Status ?? InstanceStatus.Running,
            StartedAt = instance.StartedAt,
            Workload = Workload.Parse("busy"),
            ChargedUntil = now,
        };
        Add(machine);
        Enter(machine, machine.Status, now);
        return machine;
    }

    public void Start(Machine machine, DateTimeOffset now) =>
        Begin(machine, InstanceStatus.Starting, InstanceStatus.Running, StartingTime, now);

    public void Stop(Machine machine, DateTimeOffset now) =>
        Begin(machine, InstanceStatus.Stopping, InstanceStatus.Stopped, StoppingTime, now);

    /// <summary>Puts a machine into a state, where it stays.</summary>
    public void Enter(Machine machine, string status, DateTimeOffset now)
    {
        Charge(machine, now);
        bool keepsStart = machine.Is(status) && machine.StartedAt is not null;
        machine.Status = status;
        machine.Next = null;
        if (machine.Is(InstanceStatus.Running) && !keepsStart)
            machine.StartedAt = now;
        machine.TerminatedAt = machine.Is(InstanceStatus.Terminated) ? machine.TerminatedAt ?? now : null;
        Reschedule();
    }

    public void SetBalance(decimal balance, DateTimeOffset now)
    {
        Ledger.SetBalance(balance, now);
        TerminateIfBroke(now);
    }

    private void Begin(Machine machine, string way, string goal, TimeSpan time, DateTimeOffset now)
    {
        // A launch answers "provisioning" even when it takes no time; the next look finds it running.
        if (time <= TimeSpan.Zero && way != InstanceStatus.Provisioning)
        {
            Enter(machine, goal, now);
            return;
        }
        Enter(machine, way, now);
        machine.Next = (goal, now + time);
        Reschedule();
    }

    private void Add(Machine machine)
    {
        _machines.Add(machine);
        _byId.Add(machine.Id, machine);
    }

    private string NewId()
    {
        long number = _sequence;
        string id;
        do
            id = "inst_" + Noise.Base36(12, _seed, "launch", ++number);
        while (_byId.ContainsKey(id));
        return id;
    }

    private void ChargeAll(DateTimeOffset now)
    {
        foreach (Machine machine in _machines)
        {
            Charge(machine, now);
            if (machine.Spent >= machine.BudgetLimit && !InstanceStatus.IsFinal(machine.Status))
                Enter(machine, InstanceStatus.Terminated, now);
        }
        TerminateIfBroke(now);
    }

    /// <summary>Charges what has burnt since the last charge, and never more than there is.</summary>
    private void Charge(Machine machine, DateTimeOffset now)
    {
        long ticks = (now - machine.ChargedUntil).Ticks;
        machine.ChargedUntil = now;
        if (ticks <= 0 || !InstanceStatus.IsBurning(machine.Status))
            return;
        decimal amount = Math.Round(machine.CostPerHour * ticks / TimeSpan.TicksPerHour, 6);
        amount = Math.Min(amount, Math.Min(Ledger.Balance, machine.BudgetLimit - machine.Spent ?? decimal.MaxValue));
        if (amount <= 0)
            return;
        machine.Spent += amount;
        Ledger.Charge(machine.Id, amount, machine.GpuName + " at " + machine.Provider, now);
    }

    private void TerminateIfBroke(DateTimeOffset now)
    {
        if (Ledger.Balance > 0)
            return;
        foreach (Machine machine in _machines.Where(machine => !InstanceStatus.IsFinal(machine.Status)))
            Enter(machine, InstanceStatus.Terminated, now);
    }

    private void Reschedule()
    {
        _nextEvent = _nextMinute;
        foreach (Machine machine in _machines)
        {
            if (machine.Next is { } next && next.At < _nextEvent)
                _nextEvent = next.At;
            if (machine.TerminatedAt + _terminatedVisible is { } gone && gone < _nextEvent)
                _nextEvent = gone;
        }
    }
}
