using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using Xunit;

namespace PulseRun.Conventions.Tests;

/// <summary>Checks that the folders of Core do not depend on each other in a cycle.</summary>
public partial class CoreFoldersTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => code.Value);

    [Fact]
    public void Folders_DoNotReferInACircle()
    {
        var edges = Edges();
        Assert.InRange(edges.Count, 15, int.MaxValue);
        var inCircle = edges.Where(edge => Reaches(edges, edge.Key.To, edge.Key.From));
        Violations.AssertNone(
            "Folders of Core refer to each other in a circle. Move a type to the folder that uses it, or let a caller pass it.",
            inCircle.Select(static edge => edge.Key.From + " -> " + edge.Key.To + ": " + string.Join(", ", edge.Value)));
    }

    private static bool Reaches(Dictionary<(string From, string To), SortedSet<string>> edges, string from, string to)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([from]);
        while (open.TryPop(out string? folder))
        {
            if (folder == to)
                return true;
            if (!seen.Add(folder))
                continue;
            foreach (var edge in edges.Keys.Where(edge => edge.From == folder))
                open.Push(edge.To);
        }
        return false;
    }

    /// <summary>Returns the references between folders, with the types that refer. Compiled code contains all references but constants, which are found by the using directives.</summary>
    private static Dictionary<(string From, string To), SortedSet<string>> Edges()
    {
        var folders = new Dictionary<string, string>();
        var edges = new Dictionary<(string, string), SortedSet<string>>();
        void Add(string from, string to, string why)
        {
            if (from == to)
                return;
            if (!edges.TryGetValue((from, to), out var set))
                edges.Add((from, to), set = []);
            set.Add(why);
        }
        var sources = Repository.Files(["src/PulseRun.Core"], ".cs").Where(static path => path.Split('/').Length == 4 && !path.Contains("/Polyfills/", StringComparison.Ordinal)).ToList();
        foreach (string path in sources)
        {
            string folder = path.Split('/')[2];
            string text = Repository.Read(path);
            string prefix = NamespaceOf().Match(text).Groups[1].Value;
            foreach (Match type in TypeName().Matches(text))
                folders[prefix + "." + type.Groups[1].Value] = folder;
            foreach (Match used in CoreNamespace().Matches(text))
                Add(folder, used.Groups[1].Value, path);
        }
        foreach (Type type in typeof(Instance).Assembly.GetTypes())
        {
            if (FolderOf(type) is not { } from)
                continue;
            foreach (Type other in References(type))
            {
                if (FolderOf(other) is { } to)
                    Add(from, to, Outermost(type).Name + " uses " + Outermost(other).Name);
            }
        }
        return edges;

        string? FolderOf(Type type) => folders.GetValueOrDefault(Outermost(type).FullName?.Split('`')[0] ?? "");
    }

    private static Type Outermost(Type type)
    {
        while (type.HasElementType)
            type = type.GetElementType()!;
        while (type.DeclaringType is not null)
            type = type.DeclaringType;
        return type;
    }

    private static IEnumerable<Type> References(Type type)
    {
        IEnumerable<Type?> all = [type.BaseType, .. type.GetInterfaces(), .. type.GetFields(Declared).Select(static field => field.FieldType)];
        foreach (var method in type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)))
        {
            all = all.Concat(method.GetParameters().Select(static parameter => parameter.ParameterType));
            if (method is MethodInfo { ReturnType: var result })
                all = all.Append(result);
            if (method.GetMethodBody() is { } body)
                all = all.Concat(body.LocalVariables.Select(static local => local.LocalType)).Concat(Named(method, body.GetILAsByteArray()!));
        }
        return all.OfType<Type>().SelectMany(Parts);
    }

    private static IEnumerable<Type> Parts(Type type) => type.IsGenericType ? [type, .. type.GetGenericArguments().SelectMany(Parts)] : type.HasElementType ? Parts(type.GetElementType()!) : [type];

    /// <summary>Returns the types in the instructions of a method, including the declaring types of members.</summary>
    private static IEnumerable<Type> Named(MethodBase method, byte[] code)
    {
        Type[]? typeArguments = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        Type[]? methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (int at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == 0xFE)
                value = unchecked((short)(0xFE00 | code[at++]));
            OpCode operation = s_opCodes[value];
            switch (operation.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    var member = method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments);
                    if (member is Type named)
                        yield return named;
                    else if (member?.DeclaringType is { } owner)
                        yield return owner;
                    if (member is MethodBase { IsGenericMethod: true } generic)
                    {
                        foreach (Type argument in generic.GetGenericArguments())
                            yield return argument;
                    }
                    at += 4;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    at++;
                    break;
                case OperandType.InlineVar:
                    at += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    at += 8;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + (4 * BitConverter.ToInt32(code, at));
                    break;
                default:
                    at += 4;
                    break;
            }
        }
    }

    [GeneratedRegex(@"(?m)^namespace ([\w.]+)")]
    private static partial Regex NamespaceOf();

    [GeneratedRegex(@"(?m)^(?:public|internal)(?: (?:sealed|static|abstract|partial|readonly|ref))* (?:record struct|record|class|struct|interface|enum) (\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"(?m)^using (?:static )?PulseRun\.Core\.(\w+)")]
    private static partial Regex CoreNamespace();
}
