using System;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

// Engine <script> <argument>...: runs the script with the arguments by position, and writes its output and errors as text.
InitialSessionState state = InitialSessionState.CreateDefault2();
using Runspace runspace = RunspaceFactory.CreateRunspace(state);
runspace.Open();
using var shell = PowerShell.Create(runspace);
shell.AddCommand(args[0]);
foreach (string argument in args.Skip(1))
    shell.AddArgument(argument);
try
{
    foreach (PSObject result in shell.Invoke())
        Console.WriteLine(result);
}
catch (RuntimeException error)
{
    Console.WriteLine("FAILED " + error.Message);
    return 1;
}
return 0;
