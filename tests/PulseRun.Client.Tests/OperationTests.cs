extern alias EmulatorLibrary;

using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Reflection;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using EmulatorLibrary::PulseRun.Emulator;
using Refit;
using Xunit;

namespace PulseRun.Client.Tests;

/// <summary>Checks that the rows of operations, the Refit methods and the emulator's routes agree. Each failure message tells what to do.</summary>
public class OperationTests
{
    private static IEnumerable<MethodInfo> Methods => typeof(PulseRunClient).Assembly.GetTypes()
        .Where(static type => type.IsInterface)
        .SelectMany(static type => type.GetMethods())
        .Where(static method => Route(method)?.Path.Length > 0);

    [Fact]
    public void EveryRefitMethod_HasItsRow()
    {
        foreach (var method in Methods)
        {
            Assert.True(Rows.All.TryGetValue(method.Name, out var row), "Add a row named " + method.Name + " to Operations, in the resource's file.");
            Assert.True(row!.Path == Route(method)!.Path, "The row " + method.Name + " and its Refit method name different paths; both take one constant of ApiPaths.");
            Assert.True(row.Method == Route(method)!.Method.Method, "The row " + method.Name + " and its Refit method have different HTTP methods.");
            Assert.True(row.IsTyped == (method.ReturnType != typeof(Task)), "IsTyped of the row " + method.Name + " does not fit what its Refit method returns.");
        }
        Assert.Equal(Rows.All.Count, Methods.Count());
    }

    [Fact]
    public void EveryRow_IsComplete()
    {
        foreach (var pair in Rows.All)
        {
            Assert.True(pair.Value.Path.Contains("{id}") == pair.Value.Doing.Contains("{0}") || pair.Key == "Launch", "The row " + pair.Key + " should name its target in Doing exactly when its path has one.");
            Assert.Contains(pair.Value.NotFound, ErrorCatalog.Kinds.Keys);
            Assert.InRange(pair.Value.Price, 1, 10);
        }
    }

    [Fact]
    public void EveryPath_HasARow() =>
        Assert.Equal(
            typeof(ApiPaths).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (string)field.GetRawConstantValue()!).OrderBy(static path => path, StringComparer.Ordinal),
            Rows.All.Values.Select(static row => row.Path).Distinct().OrderBy(static path => path, StringComparer.Ordinal));

    /// <summary>The emulator serves each operation, and rejects it with another method.</summary>
    [Fact]
    public async Task EveryRow_IsServedByTheEmulator()
    {
        using var control = EmulatorFactory.Create(new EmulatorOptions { Instances = 1, RequestsPerMinute = 0 });
        using var http = new HttpClient(control.CreateHandler()) { BaseAddress = control.BaseUri };
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", control.ApiKey);
        foreach (var pair in Rows.All)
        {
            using var request = new HttpRequestMessage(new HttpMethod(pair.Value.Method), pair.Value.Path.Replace("{id}", "inst_none"));
            using var response = await http.SendAsync(request);
            string text = await response.Content.ReadAsStringAsync();
            Assert.False((int)response.StatusCode == 405 || text.Contains("\"Not Found\""), "Add " + pair.Value.Method + " " + pair.Value.Path + " to the emulator's routes, in its Resources.");
        }
    }

    private static HttpMethodAttribute? Route(MethodInfo method) => method.GetCustomAttributes<HttpMethodAttribute>().FirstOrDefault();
}
