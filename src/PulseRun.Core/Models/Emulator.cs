using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>Represents an emulated PulseRun API on this machine, to test scripts without cost.</summary>
/// <remarks>Its state is lost when it ends. Times are in the emulator's own time, which may run faster than real time, unless stated otherwise.</remarks>
public sealed class Emulator
{
    internal Emulator(IEmulatorControl control) => Control = control;

    internal IEmulatorControl Control { get; }

    /// <summary>Gets the address to connect to, without <c>/v1</c>.</summary>
    public Uri BaseUri => Control.BaseUri;

    /// <summary>Gets the loopback port; 0 for an emulator without a network port.</summary>
    public int Port => BaseUri.IsLoopback ? BaseUri.Port : 0;

    /// <summary>Gets the key that the emulator accepts. It is valid for this emulator only and is not a secret.</summary>
    public string ApiKey => Control.ApiKey;

    /// <summary>Gets the number of emulated seconds in a real second.</summary>
    public double TimeScale => Control.TimeScale;

    /// <summary>Gets the emulator's current time (UTC).</summary>
    public DateTimeOffset UtcNow => Control.UtcNow;

    /// <summary>Gets or sets how many requests a minute of the emulator's time are served before it returns 429. Null or 0 means no limit.</summary>
    public int? RequestsPerMinute { get => Control.RequestsPerMinute; set => Control.RequestsPerMinute = value; }

    /// <summary>Gets or sets whether the Retry-After of the emulator's own rate limit is a date instead of seconds.</summary>
    public bool RetryAfterAsDate { get => Control.RetryAfterAsDate; set => Control.RetryAfterAsDate = value; }

    /// <summary>Gets or sets whether the key may read the balance and the transactions (default true); otherwise they return 403.</summary>
    public bool AllowBilling { get => Control.AllowBilling; set => Control.AllowBilling = value; }

    /// <summary>Gets or sets the time from a launch to running; 0 means at once.</summary>
    public TimeSpan ProvisioningTime { get => Control.ProvisioningTime; set => Control.ProvisioningTime = value; }

    /// <summary>Gets or sets the time from a start to running; 0 means at once.</summary>
    public TimeSpan StartingTime { get => Control.StartingTime; set => Control.StartingTime = value; }

    /// <summary>Gets or sets the time from a stop to stopped; 0 (default) means at once.</summary>
    public TimeSpan StoppingTime { get => Control.StoppingTime; set => Control.StoppingTime = value; }

    /// <summary>Gets the remaining credit, in dollars. At 0 every instance is terminated.</summary>
    public decimal Balance => Control.Balance;

    /// <summary>Gets the private key that logs in to the instances of an emulator with an ssh server (Start-PREmulator -SshServer); null without one. Commands of this process use it by default.</summary>
    public string? SshIdentityFile => Control.SshIdentityFile;

    /// <summary>Gets a snapshot of the last 10,000 requests received, oldest first.</summary>
    public IReadOnlyList<EmulatorRequest> Requests => Control.Requests;

    /// <summary>Gets a snapshot of the instances in their true state, without the effect of faults on answers.</summary>
    public IReadOnlyList<Instance> Instances => Control.Instances;

    /// <summary>Clears the list of received requests.</summary>
    public void ClearRequests() => Control.ClearRequests();

    /// <summary>Adds a fault. The emulator keeps a copy; later changes to the object have no effect.</summary>
    public void AddFault(EmulatorFault fault) => Control.AddFault(fault);

    /// <summary>Removes all faults, and ends the delays of the requests that are delayed now.</summary>
    public void ClearFaults() => Control.ClearFaults();

    /// <summary>Advances the emulator's clock.</summary>
    public void Advance(TimeSpan time) => Control.Advance(time);

    /// <summary>Sets the credit in dollars. 0 terminates every instance.</summary>
    public void SetBalance(decimal balance) => Control.Balance = balance;

    /// <summary>Adds the given instance. Null properties are filled in; without a state it is running.</summary>
    public Instance AddInstance(Instance instance) => Control.AddInstance(instance);

    /// <summary>Sets the state of an instance to any text. The instance stays in this state.</summary>
    public Instance SetStatus(string id, string status) => Control.SetStatus(id, status);

    /// <summary>Sets the price of a GPU type at its cheapest provider, in dollars per hour. Running instances keep their price.</summary>
    public void SetPrice(string gpu, decimal perHour) => Control.SetPrice(gpu, perHour);

    /// <summary>Sets the load of an instance: <c>busy</c>, <c>idle</c>, <c>bursty</c> (at work a fifth of the time; <c>bursty:0.1</c> a tenth), <c>silent</c> (no metrics) or <c>blank</c> (metrics are null).</summary>
    public void SetWorkload(string id, string workload) => Control.SetWorkload(id, workload);

    /// <summary>Sets scripted readings for an instance, one for each <paramref name="step"/> from now on. The last one stays in effect.</summary>
    /// <param name="id">The instance's id.</param>
    /// <param name="readings">The readings, at least one.</param>
    /// <param name="step">The duration of each reading; 0 advances by one reading with each request.</param>
    public void SetWorkload(string id, IReadOnlyList<EmulatorReading> readings, TimeSpan step) => Control.SetWorkload(id, readings, step);

    /// <summary>Returns the folder on this machine that is the home folder of an instance; null without an ssh server. It is deleted when the instance is no longer listed.</summary>
    public string? GetSshHome(string id) => Control.GetSshHome(id);

    /// <summary>Cuts the ssh connections of an instance, as a broken network does. Its processes continue, and new connections are accepted.</summary>
    public void CutSsh(string id) => Control.CutSsh(id);

    /// <summary>Returns the address.</summary>
    public override string ToString() => BaseUri.ToString();
}
