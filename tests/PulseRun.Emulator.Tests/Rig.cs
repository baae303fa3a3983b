extern alias CoreLibrary;

using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using EmulatorModel = CoreLibrary::PulseRun.Emulator;

namespace PulseRun.Emulator.Tests;

/// <summary>Combines an emulator, with a clock that the test advances, and a plain HttpClient.</summary>
internal sealed class Rig : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public Rig(TransportKind transport = TransportKind.InProcess, EmulatorOptions? options = null)
    {
        Time = new FakeTimeProvider(Start);
        Emulator = new EmulatorModel(EmulatorFactory.Create(options ?? new EmulatorOptions(), Time));
        if (transport == TransportKind.Loopback)
            Emulator.Control.Open(0);
        Http = new HttpClient(transport == TransportKind.Loopback ? new HttpClientHandler { AllowAutoRedirect = false } : Emulator.Control.CreateHandler())
        {
            BaseAddress = Emulator.BaseUri,
        };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Emulator.ApiKey);
    }

    public FakeTimeProvider Time { get; }

    public EmulatorModel Emulator { get; }

    public HttpClient Http { get; }

    public Task<Answer> Get(string path) => Send("GET", path);

    public Task<Answer> Post(string path, string? body = null) => Send("POST", path, body);

    public Task<Answer> Launch(string gpu = "h100_80gb") => Post("/v1/instances", "{\"gpu\":\"" + gpu + "\",\"template\":\"pytorch\"}");

    public async Task<Answer> Send(string method, string path, string? body = null, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Answer.ReadAsync(await Http.SendAsync(request, cancel));
    }

    /// <summary>Advances the clock until a request that waits for it has ended.</summary>
    public async Task<Answer> Finish(Task<Answer> request)
    {
        while (!request.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(request, Task.Delay(5));
        }
        return await request;
    }

    /// <summary>Returns a running instance of a provider that can stop it.</summary>
    public string Running(string workload = "busy")
    {
        string id = Emulator.AddInstance(new Instance()).Id;
        Emulator.SetWorkload(id, workload);
        return id;
    }

    public void Fault(EmulatorFaultKind kind, string path = "*", string? form = null, int times = 0) =>
        Emulator.AddFault(new EmulatorFault { Kind = kind, Path = path, Form = form, Times = times });

    public void Dispose()
    {
        Http.Dispose();
        Emulator.Control.Dispose();
    }
}
