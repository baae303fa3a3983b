using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>A PulseRun API that runs on this machine and costs nothing: what scripts are tried on before they meet money.</summary>
/// <remarks>It forgets everything when it ends. Times are the emulator's own, which may run fast, except where real time is said.</remarks>
public sealed class Emulator
{
    internal Emulator(IEmulatorControl control) => Control = control;

    internal IEmulatorControl Control { get; }

    /// <summary>The address to connect to, without <c>/v1</c>.</summary>
    public Uri BaseUri => Control.BaseUri;

    /// <summary>The loopback port; 0 for an emulator inside this process only.</summary>
    public int Port => BaseUri.IsLoopback ? BaseUri.Port : 0;

    /// <summary>The key it asks for. Good for this emulator only, and no secret.</summary>
    public string ApiKey => Control.ApiKey;

    /// <summary>How many seconds pass there in a real one.</summary>
    public double TimeScale => Control.TimeScale;

    /// <summary>What time it is there (UTC).</summary>
    public DateTimeOffset UtcNow => Control.UtcNow;

    /// <summary>How many requests a minute, by its own clock, are served before it answers 429. Null or 0: any number.</summary>
    public int? RequestsPerMinute { get => Control.RequestsPerMinute; set => Control.RequestsPerMinute = value; }

    /// <summary>Whether its own 429 names a date instead of seconds.</summary>
    public bool RetryAfterAsDate { get => Control.RetryAfterAsDate; set => Control.RetryAfterAsDate = value; }

    /// <summary>Whether the key may see the balance and the transactions (default true); else 403.</summary>
    public bool AllowBilling { get => Control.AllowBilling; set => Control.AllowBilling = value; }

    /// <summary>How long a launch takes to run; 0: at once.</summary>
    public TimeSpan ProvisioningTime { get => Control.ProvisioningTime; set => Control.ProvisioningTime = value; }

    /// <summary>How long a start takes; 0: at once.</summary>
    public TimeSpan StartingTime { get => Control.StartingTime; set => Control.StartingTime = value; }

    /// <summary>How long a stop takes; 0 (default): at once.</summary>
    public TimeSpan StoppingTime { get => Control.StoppingTime; set => Control.StoppingTime = value; }

    /// <summary>The credit left, in dollars. At 0 every instance is terminated.</summary>
    public decimal Balance => Control.Balance;

    /// <summary>The last 10,000 requests it received, oldest first: a snapshot.</summary>
    public IReadOnlyList<EmulatorRequest> Requests => Control.Requests;

    /// <summary>The instances as they are, whatever its answers say: a snapshot.</summary>
    public IReadOnlyList<Instance> Instances => Control.Instances;

    /// <summary>Forgets the requests received so far.</summary>
    public void ClearRequests() => Control.ClearRequests();

    /// <summary>Adds something to go wrong. A copy is kept: later changes to the object do nothing.</summary>
    public void AddFault(EmulatorFault fault) => Control.AddFault(fault);

    /// <summary>Lets everything go well again.</summary>
    public void ClearFaults() => Control.ClearFaults();

    /// <summary>Moves the emulator's clock ahead.</summary>
    public void Advance(TimeSpan time) => Control.Advance(time);

    /// <summary>Sets the credit in dollars. 0 terminates every instance.</summary>
    public void SetBalance(decimal balance) => Control.Balance = balance;

    /// <summary>Adds an instance as it is given. What is null is filled in; without a state it runs.</summary>
    public Instance AddInstance(Instance instance) => Control.AddInstance(instance);

    /// <summary>Puts an instance into a state, any text, where it stays.</summary>
    public Instance SetStatus(string id, string status) => Control.SetStatus(id, status);

    /// <summary>Gives an instance a load: <c>busy</c>, <c>idle</c>, <c>bursty</c> (a fifth of the time; <c>bursty:0.1</c> a tenth), <c>silent</c> (no metrics) or <c>blank</c> (metrics are null).</summary>
    public void SetWorkload(string id, string workload) => Control.SetWorkload(id, workload);

    /// <summary>Gives an instance scripted readings, one each <paramref name="step"/> from now on; the last one holds.</summary>
    /// <param name="id">Which instance.</param>
    /// <param name="readings">The readings, at least one.</param>
    /// <param name="step">How long each holds; 0: each request takes the next one.</param>
    public void SetWorkload(string id, IReadOnlyList<EmulatorReading> readings, TimeSpan step) => Control.SetWorkload(id, readings, step);

    /// <summary>Answers the address.</summary>
    public override string ToString() => BaseUri.ToString();
}
