import { mkdirSync } from 'node:fs'
import { freePort, startDaemon, Workplace } from '../daemon.ts'
import { java, tomcat } from '../servers.ts'
import { fileStore } from './file-store.ts'
import type { RealServer, Running } from './server.ts'

async function start(): Promise<Running> {
  const place = new Workplace()
  const port = await freePort()
  const { path, stored } = fileStore(place)
  for (const folder of ['conf', 'temp', 'logs', 'work', 'root/WEB-INF']) mkdirSync(place.at(folder))
  place.write(
    'conf/server.xml',
    `<Server port="-1">
  <Service name="Catalina">
    <Connector address="127.0.0.1" port="${port}" />
    <Engine name="Catalina" defaultHost="localhost">
      <Realm className="org.apache.catalina.realm.MemoryRealm" pathname="conf/users.xml" />
      <Host name="localhost" appBase="apps">
        <Context path="" docBase="${path}">
          <Valve className="org.apache.catalina.valves.rewrite.RewriteValve" />
        </Context>
      </Host>
    </Engine>
  </Service>
</Server>
`,
  )
  place.write('conf/users.xml', '<tomcat-users />\n')
  place.write('root/WEB-INF/rewrite.config', 'RewriteRule ^/moved/(.*)$ /files/$1 [R=307,L]\n')
  place.write(
    'root/WEB-INF/web.xml',
    `<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
${servlet('files', false, '/')}
${servlet('missing', true, '/missing/*')}
  <security-constraint>
    <web-resource-collection>
      <web-resource-name>private</web-resource-name>
      <url-pattern>/private/*</url-pattern>
    </web-resource-collection>
    <auth-constraint><role-name>user</role-name></auth-constraint>
  </security-constraint>
  <login-config><auth-method>BASIC</auth-method><realm-name>uploads</realm-name></login-config>
  <security-role><role-name>user</role-name></security-role>
</web-app>
`,
  )
  const home = '/usr/share/tomcat10'
  const classes = ['bootstrap.jar', 'tomcat-juli.jar'].map((name) => `${home}/bin/${name}`)
  const settings = [
    `-Dcatalina.home=${home}`,
    `-Dcatalina.base=${place.path}`,
    `-Djava.io.tmpdir=${place.at('temp')}`,
  ]
  const main = ['org.apache.catalina.startup.Bootstrap', 'start']
  await startDaemon(java, [...settings, '-cp', classes.join(':'), ...main], port)
  return { port, stored }
}

function servlet(name: string, readonly: boolean, pattern: string): string {
  return `  <servlet>
    <servlet-name>${name}</servlet-name>
    <servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class>
    <init-param><param-name>readonly</param-name><param-value>${readonly}</param-value></init-param>
  </servlet>
  <servlet-mapping>
    <servlet-name>${name}</servlet-name><url-pattern>${pattern}</url-pattern>
  </servlet-mapping>`
}

export const tomcatServers: readonly RealServer[] = [
  {
    name: 'Tomcat, default servlet',
    needs: [java, tomcat],
    cases: ['accept', 'no credentials', 'no such place', 'moved'],
    start,
  },
]
