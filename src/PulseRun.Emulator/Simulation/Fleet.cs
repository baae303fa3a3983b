using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Emulator.Ssh;

namespace PulseRun.Emulator.Simulation;

/// <summary>Contains all instances and simulates their changes over time. Not thread-safe; the caller holds the emulator's lock.</summary>
internal sealed class Fleet
{
    /// <summary>The largest price in dollars per hour; a larger one could overflow the sums of the ledger.</summary>
    private const decimal MostPerHour = 1_000_000_000m;

    private readonly int _seed;
    private readonly TimeSpan _terminatedVisible;
    private readonly List<SimulatedInstance> _instances;
    private readonly Dictionary<string, SimulatedInstance> _byId;
    private long _sequence;
    private DateTimeOffset _nextMinute;
    private DateTimeOffset _nextEvent;

    public Fleet(EmulatorOptions options, DateTimeOffset now)
    {
        _seed = options.Seed;
        _terminatedVisible = options.TerminatedVisible;
        _instances = [.. SeededFleet.Make(options.Instances, options.Seed, now)];
        _byId = _instances.ToDictionary(instance => instance.Id, StringComparer.Ordinal);
        _sequence = _instances.Count;
        _nextMinute = now.AddMinutes(1);
        decimal burn = _instances.Where(instance => InstanceStatus.IsBurning(instance.Status)).Sum(instance => instance.CostPerHour);
        Ledger = new Ledger(options.Seed, options.Balance ?? Math.Max(50m, Math.Ceiling(48 * burn)), now);
        ProvisioningTime = options.ProvisioningTime;
        StartingTime = options.StartingTime;
        StoppingTime = options.StoppingTime;
        Reschedule();
    }

    public Ledger Ledger { get; }

    /// <summary>Gets the offers and prices.</summary>
    public Market Market { get; } = new();

    /// <summary>Gets or sets what is called when an instance has entered another state. It must not change the fleet.</summary>
    public Action<SimulatedInstance, DateTimeOffset>? Entered { get; set; }

    /// <summary>Gets the instances in the order of their creation.</summary>
    public IReadOnlyList<SimulatedInstance> Machines => _instances;

    /// <summary>Gets the ssh server of the instances; null without one.</summary>
    public SshServer? Ssh { get; private set; }

    public TimeSpan ProvisioningTime { get; set; }

    public TimeSpan StartingTime { get; set; }

    public TimeSpan StoppingTime { get; set; }

    /// <summary>Lets the ssh commands of all instances point to a server.</summary>
    public void Use(SshServer ssh)
    {
        Ssh = ssh;
        foreach (SimulatedInstance instance in _instances)
            instance.Ssh = ssh;
    }

    public SimulatedInstance? Find(string id) => _byId.TryGetValue(id, out SimulatedInstance? instance) ? instance : null;

    /// <summary>Carries out all changes that are due by now, in order.</summary>
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
            foreach (SimulatedInstance instance in _instances)
            {
                if (instance.Next is { } next && next.At <= at)
                    Enter(instance, next.Status, at);
            }
            foreach (SimulatedInstance gone in _instances.Where(instance => instance.TerminatedAt + _terminatedVisible <= at).ToList())
            {
                _instances.Remove(gone);
                _byId.Remove(gone.Id);
            }
            Reschedule();
        }
    }

    public SimulatedInstance Launch(LaunchOrder order, Offer offer, DateTimeOffset now)
    {
        string id = NewId();
        var instance = new SimulatedInstance
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
        Add(instance);
        Begin(instance, InstanceStatus.Provisioning, InstanceStatus.Running, ProvisioningTime, now);
        return instance;
    }

    public SimulatedInstance Add(Instance instance, DateTimeOffset now)
    {
        string id = instance.Id.Length > 0 ? instance.Id : NewId();
        if (_byId.ContainsKey(id))
            throw new ArgumentException("An instance with the id '" + id + "' exists already.", nameof(instance));
        if (instance.CostPerHour is > MostPerHour or < -MostPerHour)
            throw new ArgumentException("The price must be at most " + MostPerHour + " dollars per hour.", nameof(instance));
        string gpu = instance.Gpu ?? "a100_80gb";
        GpuType? known = Catalogue.FindGpu(gpu);
        Connection made = Connection.Make(_seed, id);
        var machine = new SimulatedInstance
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
            Connection = new Connection(instance.Ip ?? made.Ip, instance.SshCommand ?? made.SshCommand, instance.GetJupyterUrl() ?? made.JupyterUrl),
            Status = instance.Status ?? InstanceStatus.Running,
            StartedAt = instance.StartedAt,
            Workload = Workload.Parse("busy"),
            ChargedUntil = now,
        };
        Add(machine);
        // An ssh address that the caller specified is kept.
        if (instance.SshCommand is not null)
            machine.Ssh = null;
        Enter(machine, machine.Status, now);
        return machine;
    }

    public void Start(SimulatedInstance instance, DateTimeOffset now) =>
        Begin(instance, InstanceStatus.Starting, InstanceStatus.Running, StartingTime, now);

    public void Stop(SimulatedInstance instance, DateTimeOffset now) =>
        Begin(instance, InstanceStatus.Stopping, InstanceStatus.Stopped, StoppingTime, now);

    /// <summary>Sets an instance to a state, in which it stays.</summary>
    public void Enter(SimulatedInstance instance, string status, DateTimeOffset now)
    {
        Charge(instance, now);
        bool isNew = !instance.Is(status);
        bool keepsStart = !isNew && instance.StartedAt is not null;
        instance.Status = status;
        instance.Next = null;
        if (instance.Is(InstanceStatus.Running) && !keepsStart)
            instance.StartedAt = now;
        instance.TerminatedAt = instance.Is(InstanceStatus.Terminated) ? instance.TerminatedAt ?? now : null;
        Reschedule();
        if (isNew)
            Entered?.Invoke(instance, now);
    }

    public void SetBalance(decimal balance, DateTimeOffset now)
    {
        Ledger.SetBalance(balance, now);
        TerminateIfBroke(now);
    }

    private void Begin(SimulatedInstance instance, string way, string goal, TimeSpan time, DateTimeOffset now)
    {
        // A launch returns "provisioning" even when provisioning takes no time; the next request returns "running".
        if (time <= TimeSpan.Zero && way != InstanceStatus.Provisioning)
        {
            Enter(instance, goal, now);
            return;
        }
        Enter(instance, way, now);
        instance.Next = (goal, now + time);
        Reschedule();
    }

    private void Add(SimulatedInstance instance)
    {
        instance.Ssh ??= Ssh;
        _instances.Add(instance);
        _byId.Add(instance.Id, instance);
    }

    private string NewId()
    {
        long number = _sequence;
        string id;
        do
            id = "inst_" + DeterministicRandom.Base36(12, _seed, "launch", ++number);
        while (_byId.ContainsKey(id));
        return id;
    }

    private void ChargeAll(DateTimeOffset now)
    {
        foreach (SimulatedInstance instance in _instances)
        {
            Charge(instance, now);
            if (instance.Spent >= instance.BudgetLimit && !InstanceStatus.IsFinal(instance.Status))
                Enter(instance, InstanceStatus.Terminated, now);
        }
        TerminateIfBroke(now);
    }

    /// <summary>Charges the cost since the last charge, at most the remaining balance.</summary>
    private void Charge(SimulatedInstance instance, DateTimeOffset now)
    {
        long ticks = (now - instance.ChargedUntil).Ticks;
        instance.ChargedUntil = now;
        if (ticks <= 0 || !InstanceStatus.IsBurning(instance.Status))
            return;
        decimal amount = Math.Round(instance.CostPerHour * ticks / TimeSpan.TicksPerHour, 6);
        amount = Math.Min(amount, Math.Min(Ledger.Balance, instance.BudgetLimit - instance.Spent ?? decimal.MaxValue));
        if (amount <= 0)
            return;
        instance.Spent += amount;
        Ledger.Charge(instance.Id, amount, instance.GpuName + " at " + instance.Provider, now);
    }

    private void TerminateIfBroke(DateTimeOffset now)
    {
        if (Ledger.Balance > 0)
            return;
        foreach (SimulatedInstance instance in _instances.Where(instance => !InstanceStatus.IsFinal(instance.Status)))
            Enter(instance, InstanceStatus.Terminated, now);
    }

    private void Reschedule()
    {
        _nextEvent = _nextMinute;
        foreach (SimulatedInstance instance in _instances)
        {
            if (instance.Next is { } next && next.At < _nextEvent)
                _nextEvent = next.At;
            if (instance.TerminatedAt + _terminatedVisible is { } gone && gone < _nextEvent)
                _nextEvent = gone;
        }
    }
}
